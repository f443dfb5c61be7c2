import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildReply, type ReplyParts } from '../../../src/sip/message/reply.ts';
import type { SipMessage } from '../../../src/sip/message/sip-message.ts';
import { message, messageText, parsed, refused, type Lines } from './messages.ts';

const SOURCE = { address: '192.0.2.1', port: 5060 };

function reply(request: SipMessage, parts: Partial<ReplyParts> = {}, source = SOURCE): SipMessage {
  return parsed(buildReply(request, source, { status: 200, reason: 'OK', toTag: 'ours', ...parts }));
}

function replyTo(lines: Lines, parts: Partial<ReplyParts> = {}): SipMessage {
  return reply(message(lines), parts);
}

describe('§8.2.6.2 headers and tags', () => {
  test('Via, From, Call-ID and CSeq are copied octet by octet, in their order', () => {
    const lines = { v: ['SIP/2.0/UDP b.example.com;branch=z9hG4bK2', 'SIP / 2.0/TCP\r\n c.example.com ; branch=3'], 'fRom': '"A" <sip:a@example.com>;tag=1;x=y', From: undefined };
    const request = message(lines);
    const text = buildReply(request, SOURCE, { status: 404, reason: 'Not Found', toTag: 'ours' });
    assert.equal(
      text,
      'SIP/2.0 404 Not Found\r\n' +
        'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK77\r\n' +
        'To: <sip:bob@example.com>;tag=ours\r\n' +
        'Call-ID: c1@192.0.2.1\r\n' +
        'CSeq: 1 INVITE\r\n' +
        'v: SIP/2.0/UDP b.example.com;branch=z9hG4bK2\r\n' +
        'v: SIP / 2.0/TCP\r\n c.example.com ; branch=3\r\n' +
        'fRom: "A" <sip:a@example.com>;tag=1;x=y\r\n' +
        'Content-Length: 0\r\n\r\n',
    );
  });

  test('To gets our tag, also without brackets and with parameters', () => {
    for (const to of ['<sip:bob@example.com>', 'sip:bob@example.com', '"Bob" <sip:bob@example.com;user=phone>;x=1', 'sip:bob@example.com  ']) {
      const { to: answered } = replyTo({ To: to });
      assert.equal(answered?.tag, 'ours');
      assert.equal(answered?.uriText, message({ To: to }).to?.uriText);
    }
  });

  test('a tag that is there stays, in any case of its name', () => {
    assert.equal(replyTo({ To: '<sip:bob@example.com>;TAG=theirs' }).to?.tag, 'theirs');
  });

  test('100 gets no tag', () => assert.equal(replyTo({}, { status: 100, reason: 'Trying' }).to?.tag, undefined));

  test('a folded To is copied with its fold', () => {
    const text = buildReply(message({ To: '<sip:bob@example.com>\r\n  ;x=1' }), SOURCE, { status: 200, reason: 'OK', toTag: 'ours' });
    assert.match(text, /\r\nTo: <sip:bob@example\.com>\r\n {2};x=1;tag=ours\r\n/);
  });

  test('nothing else is copied', () => {
    const text = replyTo({ Contact: '<sip:a@192.0.2.1>', 'X-Secret': '1', Route: '<sip:p;lr>', 'Content-Type': 'text/plain' }).raw;
    assert.doesNotMatch(text, /Contact|X-Secret|Route|Content-Type|Max-Forwards/);
  });
});

describe('§18.2.1 and RFC 3581 §4: the topmost Via', () => {
  const via = (value: string, source = SOURCE, forceRport = false) => reply(message({ Via: value }), { forceRport }, source).via!;

  test('received is added when sent-by is not the source address', () => {
    const { received, host } = via('SIP/2.0/UDP phone.example.com;branch=z9hG4bK1');
    assert.deepEqual([received, host], ['192.0.2.1', 'phone.example.com']);
  });

  test('and not when it is', () => assert.equal(via('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1').received, ''));

  test('rport gets the source port, and received is added too', () => {
    const filled = via('SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK1', { address: '192.0.2.1', port: 40000 });
    assert.deepEqual([filled.rport, filled.received], [40000, '192.0.2.1']);
  });

  test('rport as the last parameter', () => {
    const text = buildReply(message({ Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport' }), { address: '192.0.2.9', port: 7 }, { status: 200, reason: 'OK', toTag: 't' });
    assert.match(text, /;branch=z9hG4bK1;rport=7;received=192\.0\.2\.9\r\n/);
  });

  test('without rport the port is not told, unless it is forced', () => {
    assert.equal(via('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1').rport, -1);
    assert.equal(via('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1', SOURCE, true).rport, 5060);
  });

  test('what the sender claims to be received from does not count', () => {
    const corrected = via('SIP/2.0/UDP phone.example.com;received=203.0.113.66;branch=z9hG4bK1');
    assert.equal(corrected.received, '192.0.2.1');
  });

  test('IPv6: sent-by has brackets, received has none', () => {
    const source = { address: '2001:db8::9', port: 5060 };
    assert.equal(via('SIP/2.0/UDP [2001:DB8::9];branch=z9hG4bK1', source).received, '');
    assert.equal(via('SIP/2.0/UDP [2001:db8::10];rport;branch=z9hG4bK1', source).received, '2001:db8::9');
  });

  test('only the first of several in one header field is changed', () => {
    const { raw } = replyTo({ Via: 'SIP/2.0/UDP a.example.com;rport;branch=z9hG4bK1 , SIP/2.0/UDP b.example.com;rport' });
    assert.match(raw, /^Via: SIP\/2\.0\/UDP a\.example\.com;rport=5060;branch=z9hG4bK1;received=192\.0\.2\.1 , SIP\/2\.0\/UDP b\.example\.com;rport\r$/m);
  });

  test('a Via that is folded is changed in its place', () => {
    const { raw, via: top } = replyTo({ Via: 'SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;rport\r\n ;branch=390skdjuw' });
    assert.match(raw, /Via: SIP {2}\/ {3}2\.0\r\n \/UDP\r\n {4}192\.0\.2\.2;rport=5060\r\n ;branch=390skdjuw;received=192\.0\.2\.1\r\n/);
    assert.equal(top?.branch, '390skdjuw');
  });
});

describe('what else a response carries', () => {
  test('§12.1.1 Record-Route in what may make a dialog', () => {
    const lines = { 'Record-Route': ['<sip:p2;lr>', '<sip:p1;lr>'] };
    assert.deepEqual(replyTo(lines).recordRoutes?.map((route) => route.text), ['<sip:p2;lr>', '<sip:p1;lr>']);
    assert.equal(replyTo(lines, { status: 180, reason: 'Ringing' }).recordRoutes?.length, 2);
    for (const status of [100, 302, 404, 500]) assert.equal(replyTo(lines, { status, reason: 'x' }).recordRoutes?.length, 0);
  });

  test('§8.2.6.1 Timestamp in a 100', () => {
    assert.match(replyTo({ Timestamp: '54' }, { status: 100, reason: 'Trying' }).raw, /Timestamp: 54\r\n/);
    assert.doesNotMatch(replyTo({ Timestamp: '54' }, { status: 180, reason: 'Ringing' }).raw, /Timestamp/);
  });

  test('headers, Server and body of the caller; Content-Length counts octets', () => {
    const { raw, body } = replyTo({}, { headers: 'Retry-After: 5\r\n', server: 'sipweet', body: 'k\xc3\xb6rper' });
    assert.match(raw, /Retry-After: 5\r\nServer: sipweet\r\nContent-Length: 7\r\n\r\n/);
    assert.equal(body, 'k\xc3\xb6rper');
  });

  test('no Server header for an empty one', () => assert.doesNotMatch(replyTo({}, { server: '' }).raw, /Server/));
});

describe('answers to requests that are refused', () => {
  const answer = (text: string): string => buildReply(refused(text).message!, SOURCE, { status: 400, reason: 'Bad Request', toTag: 'ours' });

  test('of a field that stands twice one is copied', () => {
    const text = answer(messageText({ From: ['<sip:a@x>;tag=1', '<sip:b@x>;tag=2'], To: ['<sip:c@x>', '<sip:d@x>'], 'Call-ID': ['c1', 'c2'], CSeq: ['1 INVITE', '2 INVITE'] }));
    for (const line of ['From: <sip:a@x>;tag=1', 'To: <sip:c@x>;tag=ours', 'Call-ID: c1', 'CSeq: 1 INVITE']) assert.ok(text.includes(`\r\n${line}\r\n`), line);
    assert.equal(text.match(/^(From|To|Call-ID|CSeq):/gm)?.length, 4);
  });

  test('a malformed Via is copied as it is', () => {
    assert.match(answer(messageText({ Via: 'SIP/2.0/UDP 192.0.2.15;;,;,,' })), /\r\nVia: SIP\/2\.0\/UDP 192\.0\.2\.15;;,;,,\r\n/);
  });

  test('the last field before the fault is copied whole', () => {
    assert.match(answer(messageText().slice(0, -2)), /\r\nCSeq: 1 INVITE\r\n/);
  });

  test('no field that is at fault for a bare CR or LF gets into the answer', () => {
    assert.doesNotMatch(answer(messageText({ From: '<sip:a@x>;tag=1\nX-Injected: 1' })), /Injected/);
  });
});
