import { appBearerOf } from '../auth.ts';
import { equal } from '../oauth1.ts';
import type { Answer } from '../problems.ts';
import type { OpenRequest, OpenRoute } from '../route.ts';
import type { Sandbox } from '../sandbox.ts';
import { basicCredentials, isFromClient } from './client.ts';
import { readFields } from './form.ts';
import type { TokenAnswer, TokenRefusal } from './tokens.ts';

const refuse = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
  headers: { 'content-type': 'application/json; charset=utf-8' },
});

/** X's sentences for values that are wrong. */
const REFUSALS: Readonly<Record<TokenRefusal, string>> = {
  code: 'Value passed for the authorization code was invalid.',
  redirect_uri: 'Value passed for the redirect uri did not match the uri of the authorization code.',
  code_verifier: 'Value passed for the code verifier did not match the code challenge.',
  refresh_token: 'Value passed for the token was invalid.',
};

const missing = (name: string) => refuse(400, 'invalid_request', `Missing required parameter [${name}].`);
const NEEDED = { authorization_code: ['code', 'redirect_uri', 'code_verifier'], refresh_token: ['refresh_token'] } as const;

/** The fields of a request of our client, or the answer that says why it is not one. */
function fieldsOf(request: OpenRequest, { oauth2Client }: Sandbox): ReadonlyMap<string, string> | Answer {
  const fields = readFields(request.body, request.headers['content-type']);
  if (fields === undefined) return refuse(400, 'invalid_request', 'The body is neither a form nor a JSON object.');
  const { authorization = '' } = request.headers;
  if (isFromClient(oauth2Client, { authorization, clientId: fields.get('client_id') })) return fields;
  return authorization === '' || oauth2Client.clientSecret === undefined
    ? refuse(401, 'unauthorized_client', 'Missing valid authorization header')
    : refuse(401, 'invalid_client', 'Value passed for the client credentials was invalid.');
}

function answerOf(tokens: TokenAnswer | TokenRefusal): Answer {
  return typeof tokens === 'string' ? refuse(400, 'invalid_request', REFUSALS[tokens]) : { status: 200, body: tokens };
}

/** `POST /2/oauth2/token`: code or refresh token in, a new pair out. */
export const userToken: OpenRoute = {
  method: 'POST',
  path: '/2/oauth2/token',
  answer(request, sandbox) {
    const fields = fieldsOf(request, sandbox);
    if ('status' in fields) return fields;
    const grantType = fields.get('grant_type') ?? '';
    if (grantType === '') return missing('grant_type');
    if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
      return refuse(400, 'unsupported_grant_type', `Value passed for the grant_type [${grantType}] is not supported.`);
    }
    const absent = NEEDED[grantType].find((name) => (fields.get(name) ?? '') === '');
    if (absent !== undefined) return missing(absent);
    const { tokens } = sandbox;
    if (grantType === 'refresh_token') return answerOf(tokens.refresh(fields.get('refresh_token')!));
    return answerOf(
      tokens.exchange({ code: fields.get('code')!, redirectUri: fields.get('redirect_uri')!, verifier: fields.get('code_verifier')! }),
    );
  },
};

/** `POST /2/oauth2/revoke`. A token that is not known is revoked already (RFC 7009 §2.2). */
export const revokeToken: OpenRoute = {
  method: 'POST',
  path: '/2/oauth2/revoke',
  answer(request, sandbox) {
    const fields = fieldsOf(request, sandbox);
    if ('status' in fields) return fields;
    const token = fields.get('token') ?? '';
    if (token === '') return missing('token');
    const userId = sandbox.tokens.revoke(token);
    if (userId !== undefined) sandbox.state.feed.publish({ kind: 'revoked', userId, atMs: sandbox.clock.now() });
    return { status: 200, body: { revoked: true } };
  },
};

/** `POST /oauth2/token`: the app's own bearer token, for its consumer key and secret. */
export const appToken: OpenRoute = {
  method: 'POST',
  path: '/oauth2/token',
  answer(request, { keys }) {
    const given = basicCredentials(request.headers.authorization ?? '');
    if (given === undefined || !equal(given.user, keys.appKey) || !equal(given.password, keys.appSecret)) {
      const error = { code: 99, message: 'Unable to verify your credentials', label: 'authenticity_token_error' };
      return { status: 403, body: { errors: [error] }, headers: { 'content-type': 'application/json; charset=utf-8' } };
    }
    const grantType = readFields(request.body, request.headers['content-type'])?.get('grant_type');
    if (grantType !== 'client_credentials') {
      const error = { code: 170, message: 'Missing required parameter: grant_type', label: 'forbidden_missing_parameter' };
      return { status: 403, body: { errors: [error] }, headers: { 'content-type': 'application/json; charset=utf-8' } };
    }
    return { status: 200, body: { token_type: 'bearer', access_token: appBearerOf(keys) } };
  },
};
