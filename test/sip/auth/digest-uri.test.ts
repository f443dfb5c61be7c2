import assert from 'node:assert/strict';
import test from 'node:test';
import { sameResource } from '../../../src/sip/auth/digest-uri.ts';

const same: readonly [string, string][] = [
  ['sip:sip.example', 'sip:sip.example'],
  ['sip:sip.example', 'sip:sip.example;transport=udp'],
  ['sip:bob@sip.example', 'sip:bob@sip.example;user=phone?Subject=x@y'],
  ['sip:bob@SIP.example:5060', 'sip:bob@sip.example'],
  ['SIP:bob@sip.example', 'sips:bob@sip.example'],
  ['sip:bob:secret@sip.example', 'sip:bob@sip.example'],
  ['sip:bob@[2001:db8::1]:5070', 'sip:bob@[2001:DB8::1];transport=tcp'],
  ['sip:+1;ext=2@h', 'sip:+1;ext=2@h;lr'],
  ['tel:+4930123', 'tel:+4930123;phone-context=example'],
  ['urn:service:sos', 'urn:service:sos'],
];

const different: readonly [string, string][] = [
  ['sip:bob@sip.example', 'sip:carol@sip.example'],
  ['sip:bob@sip.example', 'sip:Bob@sip.example'],
  ['sip:bob@sip.example', 'sip:bob@other.example'],
  ['sip:bob@sip.example', 'sip:bob@sip.example.evil'],
  ['sip:+1;ext=2@h', 'sip:+1;ext=3@h'],
  ['sip:bob@[2001:db8::1]', 'sip:bob@[2001:db8::2]'],
  ['tel:+4930123', 'tel:+4930124'],
  ['tel:+4930123', 'sip:+4930123@sip.example'],
  ['', 'sip:bob@sip.example'],
];

test('RFC 3261 §22.4 item 6: scheme, user and host decide; port, parameters, headers and password do not', () => {
  for (const [left, right] of same) {
    assert.equal(sameResource(left, right), true, `${left} ${right}`);
    assert.equal(sameResource(right, left), true, `${right} ${left}`);
  }
});

test('another user, host or scheme is another resource', () => {
  for (const [left, right] of different) {
    assert.equal(sameResource(left, right), false, `${left} ${right}`);
    assert.equal(sameResource(right, left), false, `${right} ${left}`);
  }
});

test('a SIP URI without a user names the server and is accepted for every request, as SIPp needs', () => {
  assert.equal(sameResource('sip:127.0.0.1:5060', 'sip:bob@sip.example'), true);
  assert.equal(sameResource('sip:bob@sip.example', 'sip:sip.example'), false);
  for (const nothing of ['', 'sip:', 'sip:@', 'sip:;lr', '127.0.0.1']) {
    assert.equal(sameResource(nothing, 'sip:bob@sip.example'), false, nothing);
  }
});
