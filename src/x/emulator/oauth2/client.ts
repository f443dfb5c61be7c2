import { isNearHost } from '../../api-base.ts';
import { equal } from '../oauth1.ts';

/** The app as OAuth 2.0 knows it. */
export interface OAuth2Client {
  readonly clientId: string;
  /** Absent for a public client, which names itself in the body instead of proving it. */
  readonly clientSecret?: string;
  /** Where codes may be sent, compared exactly. Without it any address of this machine or its private network. */
  readonly redirectUris?: readonly string[];
}

/** Whether a code may be sent there. */
export function takesRedirect(client: OAuth2Client, uri: string): boolean {
  if (client.redirectUris !== undefined) return client.redirectUris.includes(uri);
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.hash === '' && isNearHost(url.hostname);
}

/** The two halves of an `Authorization: Basic` header (RFC 6749 §2.3.1: each is form-encoded); `undefined` when it is none. */
export function basicCredentials(header: string): { user: string; password: string } | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/]+=*)\s*$/i.exec(header)?.[1];
  const match = encoded === undefined ? null : /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8'));
  if (match === null) return undefined;
  try {
    return { user: decodeURIComponent(match[1]!), password: decodeURIComponent(match[2]!) };
  } catch {
    return { user: match[1]!, password: match[2]! };
  }
}

/**
 * Whether a request to the token endpoints comes from the client: a confidential one by Basic, a
 * public one by `client_id` in the body.
 */
export function isFromClient(client: OAuth2Client, request: { authorization: string; clientId: string | undefined }): boolean {
  if (client.clientSecret === undefined) return request.clientId === client.clientId;
  const given = basicCredentials(request.authorization);
  return given !== undefined && equal(given.user, client.clientId) && equal(given.password, client.clientSecret);
}
