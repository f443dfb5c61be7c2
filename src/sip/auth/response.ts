import { digestHex, type DigestAlgorithm } from './algorithm.ts';
import type { Qop } from './credentials.ts';

/** What a digest response is computed from. Texts are wire text, one character a byte. */
export interface ResponseInput {
  readonly algorithm: DigestAlgorithm;
  /** H(A1) in lower-case hex. */
  readonly ha1: string;
  readonly nonce: string;
  readonly method: string;
  /** The `uri` parameter as it is sent. */
  readonly uri: string;
  readonly qop: Qop | undefined;
  readonly nc: string | undefined;
  readonly cnonce: string | undefined;
  /** Covered with qop=auth-int only. */
  readonly body: string | Uint8Array;
}

/**
 * The request-digest of RFC 7616 §3.4.1 in lower-case hex; without qop the form of RFC 2069, which
 * RFC 3261 §22.4 item 8 keeps alive.
 */
export function digestResponse(input: ResponseInput): string {
  const { algorithm, ha1, nonce, method, uri, qop } = input;
  let a2 = `${method}:${uri}`;
  if (qop === 'auth-int') a2 += `:${digestHex(algorithm, input.body)}`;
  const ha2 = digestHex(algorithm, a2);
  if (qop === undefined) return digestHex(algorithm, `${ha1}:${nonce}:${ha2}`);
  return digestHex(algorithm, `${ha1}:${nonce}:${input.nc ?? ''}:${input.cnonce ?? ''}:${qop}:${ha2}`);
}
