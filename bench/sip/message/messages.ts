/** The messages of a call as a phone and a proxy in front of us send them, for the benchmarks of this folder. */
import { isParseFailure, parseMessage } from '../../../src/sip/message/parse-message.ts';
import type { SipMessage } from '../../../src/sip/message/sip-message.ts';

const SDP = [
  'v=0',
  'o=- 3987654321 3987654321 IN IP4 192.0.2.17',
  's=call',
  'c=IN IP4 192.0.2.17',
  't=0 0',
  'm=audio 40012 RTP/AVP 9 0 8 101',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=maxptime:150',
  'a=sendrecv',
  'a=rtcp:40013 IN IP4 192.0.2.17',
  'a=ssrc:3735928559 cname:7f3c0a51@desk-17.example.com',
  'm=video 40014 RTP/AVP 96 97',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 H264/90000',
  'a=fmtp:97 profile-level-id=42e01f;packetization-mode=1',
  'a=rtcp-fb:96 ccm fir',
  'a=rtcp-fb:96 nack pli',
  'a=inactive',
  '',
].join('\r\n');

/** As a socket hands it over: one flat one-byte string. */
function flat(lines: readonly string[], body = ''): string {
  return Buffer.from(`${lines.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1').toString('latin1');
}

const PHONE_VIA = 'Via: SIP/2.0/UDP 192.0.2.17:5060;rport;branch=z9hG4bKPj5f2b8c0d9e7146b3a1';
const EDGE_VIA = 'Via: SIP/2.0/UDP 198.51.100.4:5060;branch=z9hG4bK7a31f.2c8e0d1;i=4f1';
const FROM = 'From: "Alice Example" <sip:alice@example.com>;tag=8f2e61c04b7d';
const TO = 'To: "Bob" <sip:bob@example.com>';
const CALL_ID = 'Call-ID: 5f2b8c0d9e7146b3a1c4@192.0.2.17';

const REQUEST_TAIL = [
  'Contact: "Alice Example" <sip:alice@192.0.2.17:5060;ob>',
  'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, UPDATE, PRACK',
  'Supported: replaces, 100rel, timer, norefersub',
  'Session-Expires: 1800',
  'User-Agent: Acme Desk Phone 7/12.0.3',
  'Content-Type: application/sdp',
];

export const INVITE = flat(
  ['INVITE sip:bob@example.com SIP/2.0', PHONE_VIA, 'Max-Forwards: 70', FROM, TO, CALL_ID, 'CSeq: 4711 INVITE', ...REQUEST_TAIL],
  SDP,
);

export const INVITE_TWO_VIAS = flat(
  [
    'INVITE sip:bob@example.com SIP/2.0',
    'Record-Route: <sip:198.51.100.4;lr;ftag=8f2e61c04b7d>',
    EDGE_VIA,
    `${PHONE_VIA.replace(';rport', ';rport=5060;received=192.0.2.17')}`,
    'Max-Forwards: 69',
    FROM,
    TO,
    CALL_ID,
    'CSeq: 4711 INVITE',
    ...REQUEST_TAIL,
  ],
  SDP,
);

function response(status: string, body: string): string {
  return flat(
    [
      `SIP/2.0 ${status}`,
      'Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK0a1b2c3d4e5f.3k.1.0',
      `${PHONE_VIA.replace(';rport', ';rport=5060;received=192.0.2.17')}`,
      'Record-Route: <sip:198.51.100.1;lr;ftag=8f2e61c04b7d>',
      FROM,
      `${TO};tag=31c0ffee`,
      CALL_ID,
      'CSeq: 4711 INVITE',
      'Contact: <sip:bob@203.0.113.9:5062;ob>',
      'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, UPDATE, PRACK',
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
    ],
    body,
  );
}

export const RINGING = response('180 Ringing', '');
export const OK = response('200 OK', SDP);

export const BYE = flat([
  'BYE sip:bob@203.0.113.9:5062;ob SIP/2.0',
  PHONE_VIA,
  'Max-Forwards: 70',
  'Route: <sip:198.51.100.1;lr;ftag=8f2e61c04b7d>',
  FROM,
  `${TO};tag=31c0ffee`,
  CALL_ID,
  'CSeq: 4712 BYE',
  'User-Agent: Acme Desk Phone 7/12.0.3',
]);

export function parsed(text: string): SipMessage {
  const message = parseMessage(text);
  if (isParseFailure(message)) throw new Error(`The benchmark's message cannot be parsed: ${message.failure}`);
  return message;
}
