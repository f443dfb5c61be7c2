import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildFromInvite } from '../../../src/sip/message/ack-cancel.ts';
import { message, parsed, type Lines } from './messages.ts';

const ROUTES = ['<sip:p1.example.com;lr>', '<sip:p2.example.com;lr>'];
const INVITE: Lines = {
  Via: ['SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKours', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKphone'],
  Route: ROUTES,
  CSeq: '4711 INVITE',
  Contact: '<sip:alice@192.0.2.1>',
  Require: '100rel',
  'Content-Type': 'application/sdp',
  'X-Other': '1',
};
const failure = parsed(
  'SIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKours\r\nFrom: <sip:alice@example.com>;tag=a1\r\nTo: <sip:bob@example.com>;tag=callee\r\nCall-ID: c1@192.0.2.1\r\nCSeq: 4711 INVITE\r\n\r\n',
);

describe('§17.1.1.3 the ACK of a failure', () => {
  const invite = message(INVITE, { body: 'v=0' });
  const ack = parsed(buildFromInvite('ACK', invite, failure));

  test('Request-URI, Call-ID and From are those of the INVITE', () => {
    assert.equal(ack.requestUriText, invite.requestUriText);
    assert.equal(ack.callId, invite.callId);
    assert.equal(ack.from?.text, invite.from?.text);
  });

  test('To is that of the response, with its tag', () => assert.equal(ack.to?.text, '<sip:bob@example.com>;tag=callee'));

  test('one Via only: the topmost of the INVITE', () => {
    assert.deepEqual(ack.vias().map((via) => via.branch), ['z9hG4bKours']);
  });

  test('CSeq has the number of the INVITE and the method ACK', () => assert.deepEqual({ ...ack.cseq }, { number: 4711, method: 'ACK' }));

  test('Route is that of the INVITE', () => assert.deepEqual(ack.routes?.map((route) => route.text), ROUTES));

  test('no body, and nothing that belongs to the INVITE alone', () => {
    assert.equal(ack.body, '');
    assert.doesNotMatch(ack.raw, /Contact|Require|Content-Type|X-Other|v=0/);
    assert.match(ack.raw, /Content-Length: 0\r\n\r\n$/);
  });

  test('Max-Forwards goes with it (§8.1.1: every request has one)', () => assert.equal(ack.maxForwards, 70));
});

describe('§9.1 CANCEL', () => {
  const invite = message(INVITE, { body: 'v=0' });
  const cancel = parsed(buildFromInvite('CANCEL', invite, undefined, 'Reason: SIP;cause=200;text="Call completed elsewhere"\r\n'));

  test('To is that of the INVITE, without a tag', () => assert.equal(cancel.to?.text, invite.to?.text));

  test('the same Via branch, CSeq number and Route; the method is CANCEL', () => {
    assert.deepEqual(cancel.vias().map((via) => via.branch), ['z9hG4bKours']);
    assert.deepEqual({ ...cancel.cseq }, { number: 4711, method: 'CANCEL' });
    assert.deepEqual(cancel.routes?.map((route) => route.text), ROUTES);
  });

  test('MUST NOT contain Require or Proxy-Require', () => assert.doesNotMatch(cancel.raw, /Require/));

  test('RFC 3326: a Reason can go with it', () => assert.match(cancel.raw, /\r\nReason: SIP;cause=200;text="Call completed elsewhere"\r\n/));
});

test('of several Via in one header field the first is taken', () => {
  const invite = message({ Via: 'SIP/2.0/UDP 198.51.100.1;branch=z9hG4bKours , SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKphone' });
  assert.deepEqual(parsed(buildFromInvite('CANCEL', invite, undefined)).vias().map((via) => via.branch), ['z9hG4bKours']);
});

test('compact and folded fields are taken as they are', () => {
  const invite = message({ From: undefined, f: '"A"\r\n <sip:alice@example.com>;tag=a1', 'Call-ID': undefined, i: 'c9' });
  const cancel = parsed(buildFromInvite('CANCEL', invite, undefined));
  assert.equal(cancel.callId, 'c9');
  assert.equal(cancel.from?.tag, 'a1');
});
