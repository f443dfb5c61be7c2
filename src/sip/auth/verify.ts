import { equalInConstantTime } from './constant-time.ts';
import type { DigestCredentials } from './credentials.ts';
import { digestResponse } from './response.ts';

/** What of the request goes into the response hash. */
export interface SignedRequest {
  /** As in the request line. */
  readonly method: string;
  /** Covered with qop=auth-int only. */
  readonly body: string | Uint8Array;
}

/**
 * Whether `credentials` were made by somebody who knows the password behind `ha1`, the hash for
 * their algorithm (RFC 7616 §3.4.6). Says nothing about nonce, count and URI: `DigestAuthenticator`
 * asks all the questions in their order.
 */
export function verifyResponse(credentials: DigestCredentials, request: SignedRequest, ha1: string): boolean {
  const expected = digestResponse({
    algorithm: credentials.algorithm,
    ha1,
    nonce: credentials.nonce,
    method: request.method,
    uri: credentials.uri,
    qop: credentials.qop,
    nc: credentials.nc,
    cnonce: credentials.cnonce,
    body: request.body,
  });
  return equalInConstantTime(credentials.response.toLowerCase(), expected);
}
