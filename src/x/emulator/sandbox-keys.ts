import type { XKeys } from '../client.ts';

/** The keys of the sandbox. They are public, and worth nothing anywhere else. */
export const SANDBOX_KEYS: XKeys = {
  appKey: 'sandbox-app-key',
  appSecret: 'sandbox-app-secret-is-public',
  accessToken: 'sandbox-access-token',
  accessSecret: 'sandbox-access-secret-is-public',
};
