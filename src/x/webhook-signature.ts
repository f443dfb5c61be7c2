import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What X sends as `crc_token`. X signs its deliveries with the same key and in the same form in
 * which we answer its check, so whoever gets us to answer any text he likes gets a forged delivery
 * signed. These characters and this length make no JSON object, and a delivery is nothing else.
 */
const CRC_TOKEN = /^[A-Za-z0-9+/=_-]{16,128}$/;

/** Header in which X signs a delivery. */
export const SIGNATURE_HEADER = 'x-twitter-webhooks-signature';

function digestOf(content: string | Uint8Array, consumerSecret: string): Buffer {
  return createHmac('sha256', consumerSecret).update(content).digest();
}

/**
 * The `response_token` for X's check that an endpoint is ours (`GET …?crc_token=…`), or `undefined`
 * for a token that X would not send: answer 400.
 *
 * @param consumerSecret  the app's secret (`x.appSecret`)
 */
export function crcAnswer(crcToken: unknown, consumerSecret: string): string | undefined {
  if (typeof crcToken !== 'string' || !CRC_TOKEN.test(crcToken)) return undefined;
  return `sha256=${digestOf(crcToken, consumerSecret).toString('base64')}`;
}

/**
 * Whether X signed this delivery: `sha256=` and the base64 HMAC of the body as it came over the wire,
 * before any parsing. Compared in constant time.
 *
 * @param header  value of `SIGNATURE_HEADER`; several of them (an array) are not one of X's
 */
export function isSignedByX(rawBody: Uint8Array, header: unknown, consumerSecret: string): boolean {
  const given = typeof header === 'string' ? /^sha256=([A-Za-z0-9+/]{43}=)$/.exec(header)?.[1] : undefined;
  return given !== undefined && timingSafeEqual(Buffer.from(given, 'base64'), digestOf(rawBody, consumerSecret));
}
