/** What the tests of the sign-in share: a person in front of the page, and an app that exchanges. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { SANDBOX_CLIENT } from '../../../../src/x/emulator/sandbox-keys.ts';
import { rawRequest, type RawAnswer } from '../../sandbox.ts';

export const REDIRECT = 'http://127.0.0.1:8080/x/callback';
export const VERIFIER = 'v'.repeat(128);
const { clientId, clientSecret } = SANDBOX_CLIENT;
export const BASIC = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;

export const GOOD_QUERY = {
  response_type: 'code',
  client_id: clientId,
  redirect_uri: REDIRECT,
  scope: 'tweet.read users.read offline.access',
  state: 'state-1',
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
};

/** The page for that query, with what the test changes in it. */
export function askPage(apiUrl: string, changes: Record<string, string> = {}): Promise<RawAnswer> {
  return rawRequest(apiUrl, { target: `/i/oauth2/authorize?${new URLSearchParams({ ...GOOD_QUERY, ...changes })}` });
}

/** Answers the page; returns where the browser is sent. */
export async function answerPage(apiUrl: string, page: RawAnswer, fields: Record<string, string>): Promise<RawAnswer> {
  const question = /name="question" value="([^"]+)"/.exec(page.text)?.[1] ?? assert.fail(page.text);
  return rawRequest(apiUrl, {
    method: 'POST',
    target: '/i/oauth2/authorize',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ question, ...fields }).toString(),
  });
}

/** Signs a user in up to the code. */
export async function codeOf(apiUrl: string, changes: Record<string, string> = {}): Promise<string> {
  const answer = await answerPage(apiUrl, await askPage(apiUrl, changes), { other: '@bob', allow: 'yes' });
  return new URL(answer.headers.location!).searchParams.get('code')!;
}

/** A request to a token endpoint; a form with Basic unless the test says otherwise. */
export function tokenRequest(
  apiUrl: string,
  fields: Record<string, string>,
  options: { target?: string; authorization?: string | undefined; asJson?: boolean } = {},
): Promise<RawAnswer> {
  const { target = '/2/oauth2/token', asJson = false } = options;
  const authorization = 'authorization' in options ? options.authorization : BASIC;
  return rawRequest(apiUrl, {
    method: 'POST',
    target,
    headers: {
      'content-type': asJson ? 'application/json' : 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: asJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString(),
  });
}

/** The exchange of a code, with what the test changes in it. */
export function exchange(apiUrl: string, code: string, changes: Record<string, string> = {}): Promise<RawAnswer> {
  return tokenRequest(apiUrl, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: VERIFIER, ...changes });
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}
