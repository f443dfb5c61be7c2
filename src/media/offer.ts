import { isIPv6 } from 'node:net';

/** What an offer says of our end. */
export interface OfferParts {
  /** Numeric, without brackets. */
  readonly address: string;
  readonly port: number;
  /** Names the session, in digits (RFC 8866 §5.2). */
  readonly sessionId: string;
}

/**
 * An offer of one audio stream with both laws of G.711 in packets of 20 ms (RFC 3264 §5). It is `sendrecv`
 * although nothing that comes in is listened to: many phones show a `sendonly` call as one on hold, and the
 * first packet of a phone behind NAT tells where its audio has to go.
 */
export function writeOffer({ address, port, sessionId }: OfferParts): string {
  const family = isIPv6(address) ? 'IP6' : 'IP4';
  return [
    'v=0',
    `o=- ${sessionId} 1 IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0 8`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n');
}
