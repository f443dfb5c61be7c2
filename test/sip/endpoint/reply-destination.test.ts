import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { replyDestination, responseDestination } from '../../../src/sip/endpoint/reply-destination.ts';
import { parseMessage } from '../../../src/sip/message/parse-message.ts';
import { SipMessage } from '../../../src/sip/message/sip-message.ts';
import { CALLER, CONNECTION, request } from './endpoint-fixture.ts';

function parsed(via: string): SipMessage {
  const message = parseMessage(request({ via }).replace(/\n/g, '\r\n'));
  assert.ok(message instanceof SipMessage);
  return message;
}

const place = (via: string, forceRport = false): string => {
  const { address, port } = replyDestination(parsed(via), CALLER, forceRport);
  return `${address}:${port}`;
};

describe('§18.2.2 responses to a request', () => {
  test('UDP: to the source address and the port of sent-by, 5060 when it has none', () => {
    assert.equal(place('SIP/2.0/UDP 10.9.9.9:5090;branch=z9hG4bKc1'), '203.0.113.9:5090');
    assert.equal(place('SIP/2.0/UDP phone.invalid;branch=z9hG4bKc1'), '203.0.113.9:5060');
  });

  test('RFC 3581 §4: with rport, or as if it had been there, to the source port', () => {
    assert.equal(place('SIP/2.0/UDP 10.9.9.9:5090;rport;branch=z9hG4bKc1'), '203.0.113.9:40000');
    assert.equal(place('SIP/2.0/UDP 10.9.9.9:5090;branch=z9hG4bKc1', true), '203.0.113.9:40000');
  });

  test('maddr and a received of the sender are not believed', () => {
    assert.equal(place('SIP/2.0/UDP 10.9.9.9:5090;maddr=198.51.100.66;branch=z9hG4bKc1'), '203.0.113.9:5090');
    assert.equal(place('SIP/2.0/UDP 10.9.9.9:5090;received=198.51.100.66;branch=z9hG4bKc1'), '203.0.113.9:5090');
  });

  test('TCP: back on the connection; when it is gone on a new one, to the port of sent-by', () => {
    const message = parsed('SIP/2.0/TCP 10.9.9.9:5090;branch=z9hG4bKc1');
    assert.equal(replyDestination(message, CONNECTION, false), CONNECTION);
    assert.deepEqual(replyDestination(message, CONNECTION, false, false), { protocol: 'tcp', address: '203.0.113.9', port: 5090, local: CONNECTION.local });
  });
});

describe('§16.11 responses without state', () => {
  const next = (via: string) => responseDestination(parsed(via).via!);

  test('go to received and rport of the next Via, else to its sent-by', () => {
    assert.deepEqual(next('SIP/2.0/UDP phone.invalid:5090;received=203.0.113.9;rport=40000;branch=z9hG4bKc1'), { protocol: 'udp', address: '203.0.113.9', port: 40_000 });
    assert.deepEqual(next('SIP/2.0/TCP 203.0.113.9;branch=z9hG4bKc1'), { protocol: 'tcp', address: '203.0.113.9', port: 5060 });
    assert.deepEqual(next('SIP/2.0/UDP [2001:db8::9]:5090;branch=z9hG4bKc1'), { protocol: 'udp', address: '2001:db8::9', port: 5090 });
    assert.deepEqual(next('SIP/2.0/UDP [2001:db8::9]:5090;received=2001:db8::a;branch=z9hG4bKc1')?.address, '2001:db8::a');
  });

  test('go nowhere when that is a name, no address, or a transport that we do not have', () => {
    for (const via of ['SIP/2.0/UDP phone.invalid', 'SIP/2.0/UDP 1.2.3', 'SIP/2.0/UDP 300.1.1.1', 'SIP/2.0/SCTP 203.0.113.9']) assert.equal(next(`${via};branch=z9hG4bKc1`), undefined, via);
  });
});
