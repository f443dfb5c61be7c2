import { randomBytes } from 'node:crypto';
import { takesRedirect, type OAuth2Client } from './client.ts';
import { parseScopes, type Scope } from './scopes.ts';
import type { OAuth2Tokens } from './tokens.ts';

/** X takes a `state` of at most this many characters. */
const MAX_STATE_CHARS = 500;
/** Requests that wait for a person; the oldest is forgotten. */
const MAX_WAITING = 1000;

/** What an app asks a user for (RFC 6749 §4.1.1 with RFC 7636 §4.3). */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly scopes: readonly Scope[];
  readonly state: string;
  readonly challenge: string;
  /** True for `S256`, false for `plain`. */
  readonly isHashed: boolean;
}

/** Reads the query of the authorize page; a sentence when X would show an error instead of the question. */
export function readAuthorizationRequest(query: URLSearchParams, client: OAuth2Client): AuthorizationRequest | string {
  const value = (name: string) => query.get(name) ?? '';
  if (value('client_id') !== client.clientId) return 'client_id is not that of the sandbox app';
  const redirectUri = value('redirect_uri');
  if (!takesRedirect(client, redirectUri)) {
    return client.redirectUris === undefined
      ? 'redirect_uri must be an address of this machine or its private network'
      : 'redirect_uri is not exactly one that the app has registered';
  }
  if (value('response_type') !== 'code') return 'response_type must be code';
  const state = value('state');
  if (state === '' || state.length > MAX_STATE_CHARS) return `state must have 1 to ${MAX_STATE_CHARS} characters`;
  const scopes = parseScopes(value('scope'));
  if (scopes === undefined) return 'scope must be a list of scopes that X knows';
  // The most used library writes it in lower case, and X takes that.
  const method = value('code_challenge_method').toLowerCase();
  if (method !== 's256' && method !== 'plain') return 'code_challenge_method must be S256 or plain';
  const challenge = value('code_challenge');
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(challenge)) return 'code_challenge must have 43 to 128 characters of RFC 7636';
  return { redirectUri, scopes, state, challenge, isHashed: method === 's256' };
}

/**
 * The questions that are in front of a person. Each has a secret name that only its page knows, so
 * that no other web page can answer it.
 */
export class AuthorizationRequests {
  readonly #tokens: OAuth2Tokens;
  readonly #waiting = new Map<string, AuthorizationRequest>();

  constructor(tokens: OAuth2Tokens) {
    this.#tokens = tokens;
  }

  /** Returns the secret name of the question. */
  ask(request: AuthorizationRequest): string {
    const name = randomBytes(16).toString('base64url');
    this.#waiting.set(name, request);
    if (this.#waiting.size > MAX_WAITING) this.#waiting.delete(this.#waiting.keys().next().value!);
    return name;
  }

  /**
   * Where the browser goes after the answer: back to the app with a code for the account that signed
   * in, or with `access_denied` when `userId` is undefined. Undefined when the question is not open.
   */
  answer(name: string, userId: string | undefined): string | undefined {
    const request = this.#waiting.get(name);
    if (request === undefined) return undefined;
    this.#waiting.delete(name);
    const { redirectUri, state, scopes, challenge, isHashed } = request;
    const back = new URL(redirectUri);
    back.searchParams.set('state', state);
    if (userId === undefined) back.searchParams.set('error', 'access_denied');
    else back.searchParams.set('code', this.#tokens.issueCode({ userId, scopes, redirectUri, challenge, isHashed }));
    return back.href;
  }
}
