import { createHmac } from 'node:crypto';
import type { XKeys } from '../client.ts';
import type { SandboxUser } from './accounts.ts';
import { equal, type OAuth1Verifier, type SignedRequest } from './oauth1.ts';
import type { OAuth2Tokens } from './oauth2/tokens.ts';

/** How a request proves who sends it: OAuth 1.0a signature, OAuth 2.0 token of a user, or the app's own bearer token. */
export type AuthKind = 'oauth1' | 'oauth2' | 'app';

/** X's names for them, as its problems use them. */
export const AUTH_NAMES: Readonly<Record<AuthKind, string>> = {
  oauth1: 'OAuth 1.0a User Context',
  oauth2: 'OAuth 2.0 User Context',
  app: 'OAuth 2.0 Application-Only',
};

/** Who sends a request. */
export interface Caller {
  readonly kind: AuthKind;
  /** The account that acts; for the app itself the account that owns it. */
  readonly user: SandboxUser;
  /** What a user token may do; the other kinds may do everything that their endpoints allow. */
  readonly scopes?: ReadonlySet<string>;
}

/** The app's bearer token: X gives the same one each time it is asked for, until it is invalidated. */
export function appBearerOf({ appKey, appSecret }: XKeys): string {
  return `sandbox-${createHmac('sha256', appSecret).update(appKey).digest('base64url')}`;
}

export interface AuthenticatorParts {
  readonly keys: XKeys;
  readonly oauth1: OAuth1Verifier;
  readonly tokens: OAuth2Tokens;
  /** The account that the keys belong to. */
  owner(): SandboxUser;
  userById(id: string): SandboxUser | undefined;
}

/** Reads the `Authorization` header of all three kinds. */
export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #appBearer: string;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
    this.#appBearer = appBearerOf(parts.keys);
  }

  /** The caller, or our words for why X would answer 401. */
  identify(request: SignedRequest): Caller | string {
    const bearer = /^Bearer\s+(\S+)\s*$/i.exec(request.authorization)?.[1];
    return bearer === undefined ? this.#bySignature(request) : this.#byBearer(bearer);
  }

  #bySignature(request: SignedRequest): Caller | string {
    const verdict = this.#parts.oauth1.verify(request);
    if (!verdict.ok) return verdict.why;
    return { kind: 'oauth1', user: this.#parts.owner() };
  }

  #byBearer(token: string): Caller | string {
    if (equal(token, this.#appBearer)) return { kind: 'app', user: this.#parts.owner() };
    const grant = this.#parts.tokens.accessOf(token);
    if (grant === undefined) return 'unknown or expired bearer token';
    const user = this.#parts.userById(grant.userId);
    return user === undefined ? 'the user of the token is gone' : { kind: 'oauth2', user, scopes: new Set(grant.scopes) };
  }
}
