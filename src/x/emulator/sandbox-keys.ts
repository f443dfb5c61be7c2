import type { XKeys } from '../client.ts';
import { appBearerOf } from './auth.ts';
import type { OAuth2Client } from './oauth2/client.ts';

/** The keys of the sandbox. They are public, and worth nothing anywhere else. */
export const SANDBOX_KEYS: XKeys = {
  appKey: 'sandbox-app-key',
  appSecret: 'sandbox-app-secret-is-public',
  accessToken: 'sandbox-access-token',
  accessSecret: 'sandbox-access-secret-is-public',
};

/** The same app for OAuth 2.0: a confidential client, whose codes may go to any address of this machine. */
export const SANDBOX_CLIENT: OAuth2Client & { readonly clientSecret: string } = {
  clientId: 'sandbox-client-id',
  clientSecret: 'sandbox-client-secret-is-public',
};

/** The app's bearer token in the sandbox, the same as `POST /oauth2/token` gives for `SANDBOX_KEYS`. */
export const SANDBOX_BEARER = appBearerOf(SANDBOX_KEYS);
