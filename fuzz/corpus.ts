/** Messages to start from: our own, and the torture messages of RFC 4475 and RFC 5118 where they are at hand. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const TORTURE_FOLDERS = ['../shared/sip/rfc4475', '../shared/sip/rfc5118'];

const HEAD = [
  'Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK77',
  'Max-Forwards: 70',
  'From: "Alice \\"A\\" Example" <sip:alice@example.com;user=phone>;tag=a1',
  'To: Bob <sip:bob@example.com>',
  'Call-ID: c1@192.0.2.1',
];

const OWN: readonly string[] = [
  [
    'INVITE sip:bob:pw@example.com:5070;transport=tcp?Subject=x SIP/2.0',
    ...HEAD,
    'CSeq: 1 INVITE',
    'Contact: <sip:alice@[2001:db8::1]:5062;ob>;q=0.5;+sip.instance="<urn:uuid:1>"',
    'Route: <sip:p1;lr>, "p, 2" <sip:p2;lr;r2=on>',
    'Record-Route: <sip:rr1;lr>',
    'Subject: folded\r\n over\r\n\tthree lines',
    'Content-Type: application/sdp',
    'Content-Length: 5',
    '',
    'v=0\r\n',
  ].join('\r\n'),
  [
    'REGISTER sip:example.com SIP/2.0',
    'v: SIP/2.0/TCP [2001:db8::9]:6050;received=2001:db8::9:255;branch=z9hG4bKas3 , SIP / 2.0 / UDP b ; branch=2',
    'f: sip:bob@example.com;tag=2',
    't: sip:bob@example.com',
    'i: r1',
    'CSeq: 0007 REGISTER',
    'm: sip:bob@192.0.2.4, <sip:bob@192.0.2.5>;expires=0',
    'Path: <sip:edge;lr>',
    'Supported: path',
    'Authorization: Digest username="bob", realm="example.com", nonce="a,b", uri="sip:example.com", response="0"',
    'l: 0',
    '',
    '',
  ].join('\r\n'),
  ['SIP/2.0 180 Ringing', ...HEAD, 'CSeq: 1 INVITE', 'Contact: *', 'Content-Length: 0', '', ''].join('\r\n'),
  ['ACK sip:bob@example.com SIP/2.0', ...HEAD, 'CSeq: 1 ACK', '', ''].join('\r\n'),
  ['CANCEL tel:+1-201-555-0123;phone-context=x SIP/2.0', ...HEAD, 'CSeq: 1 CANCEL', 'Reason: SIP;cause=200;text="x"', '', ''].join('\r\n'),
];

export function startCorpus(): string[] {
  const torture = TORTURE_FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.dat'))
      .sort()
      .map((name) => readFileSync(join(folder, name), 'latin1')),
  );
  return [...OWN, ...torture];
}
