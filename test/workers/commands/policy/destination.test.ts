import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NumberType } from '../../../../src/commands/command.ts';
import type { CallPolicy } from '../../../../src/workers/commands/policy/call-policy.ts';
import { permitDestination, type Whom } from '../../../../src/workers/commands/policy/destination.ts';
import { policyOf } from '../fixtures.ts';

const BOB = { sipUser: 'bob', region: 'DE' };

function verdict(whom: Whom, policy: CallPolicy = policyOf(), caller: { sipUser: string; region: string | undefined } = BOB): string {
  const result = permitDestination(whom, policy, caller);
  return result.ok ? result.destination.uri : result.refusal.code;
}

const number = (e164: string, type: NumberType = 'ordinary'): Whom => ({ kind: 'number', e164, name: e164, type });
const uri = (text: string): Whom => ({ kind: 'uri', uri: text, name: text });
const user = (sipUser: string): Whom => ({ kind: 'sip-user', sipUser, name: sipUser });
const digits = (text: string): Whom => ({ kind: 'digits', digits: text });

test('emergency numbers are never called, of whatever country', () => {
  for (const code of ['112', '911', '999', '000']) {
    assert.equal(verdict(digits(code)), 'emergency');
    assert.equal(verdict(digits(code), policyOf(), { sipUser: 'bob', region: undefined }), 'emergency');
    assert.equal(verdict(user(code)), 'emergency', 'not even when a SIP user has that name');
  }
  assert.equal(verdict(digits('110')), 'emergency');
  assert.equal(verdict(digits('118'), policyOf(), { sipUser: 'bob', region: 'CH' }), 'emergency');
  assert.equal(verdict(digits('118'), policyOf(), { sipUser: 'bob', region: undefined }), 'emergency');
});

test('the extension of a user is refused where its digits are an emergency number, and only there', () => {
  assert.equal(verdict(user('110')), 'emergency');
  assert.equal(verdict(user('110'), policyOf(), { sipUser: 'bob', region: 'FR' }), 'sip:110@example.com');
  assert.equal(verdict(user('205')), 'sip:205@example.com');
});

test('digits that are nobody and no number are refused, short ones as short codes', () => {
  for (const code of ['1', '115', '11833', '00000']) assert.equal(verdict(digits(code)), 'short-code');
  assert.equal(verdict(digits('123456')), 'not-a-number');
});

test('no digits at all ever become a call: property', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9]{1,20}$/), (code) => {
      assert.equal(permitDestination(digits(code), policyOf({ allowPrefixes: ['+1', '+4', '+9'] }), BOB).ok, false);
    }),
  );
});

test('a number goes to the gateway, when its prefix is allowed', () => {
  assert.equal(verdict(number('+4930901820')), 'sip:+4930901820@gw.example.net:5080');
  assert.equal(verdict(number('+12025550123')), 'destination');
});

test('nothing is allowed that nobody has allowed', () => {
  assert.equal(verdict(number('+4930901820'), policyOf({ allowPrefixes: [], denyPrefixes: [] })), 'destination');
});

test('of the prefixes that fit the longest decides, at the same length the one that denies', () => {
  assert.equal(verdict(number('+4918055555')), 'destination');
  assert.equal(verdict(number('+4918055555'), policyOf({ allowPrefixes: ['+49', '+49180'] })), 'sip:+4918055555@gw.example.net:5080');
  assert.equal(verdict(number('+4930901820'), policyOf({ denyPrefixes: ['+49'] })), 'destination');
});

test('without a gateway numbers are refused clearly', () => {
  assert.equal(verdict(number('+4930901820'), policyOf({ gateway: undefined })), 'no-gateway');
});

test('premium and shared-cost numbers are refused unless they are allowed, and then need their prefix', () => {
  for (const type of ['premium', 'shared-cost'] as const) {
    assert.equal(verdict(number('+49900123456', type)), 'premium');
    assert.equal(verdict(number('+49900123456', type), policyOf({ allowPremium: true })), 'sip:+49900123456@gw.example.net:5080');
    assert.equal(verdict(number('+44900123456', type), policyOf({ allowPremium: true })), 'destination');
  }
});

test('an emergency number behind a country code is none either', () => {
  for (const e164 of ['+49112', '+49110', '+1911', '+44999']) {
    assert.equal(verdict(number(e164), policyOf({ allowPrefixes: ['+49', '+1', '+44'] })), 'short-code');
  }
});

test('a user of ours is called at our domain; what a user part cannot hold is escaped', () => {
  assert.equal(verdict(user('alice')), 'sip:alice@example.com');
  assert.equal(verdict(user('a@b;x')), 'sip:a%40b%3Bx@example.com');
  assert.equal(verdict(user('bob')), 'yourself');
});

test('an address of another domain is called as it stands', () => {
  assert.equal(verdict(uri('sip:carol@example.org')), 'sip:carol@example.org');
  assert.equal(verdict(uri('sip:carol@Example.ORG:5070')), 'sip:carol@example.org:5070');
});

test('an address with parameters, headers or a password is refused: they could send the call elsewhere or add to it', () => {
  for (const text of [
    'sip:carol@example.org;maddr=gw.example.net',
    'sip:carol@example.org;transport=tcp',
    'sip:carol@example.org?Route=%3Csip:gw%3E',
    'sip:carol:secret@example.org',
    'sip:carol;phone-context=x@example.org',
    'sips:carol@example.org',
    'tel:+49900123456',
    'sip:example.org',
    'sip:carol@example.org\r\nRoute: <sip:evil>',
    'sip:carol%0d%0a@example.org',
    'sip:%40@example.org',
    'sip:carol@example.org:99999',
  ]) {
    assert.equal(verdict(uri(text)), 'address', text);
  }
});

test('no address is a way round the rules for numbers', () => {
  for (const text of [
    'sip:+49900123456@192.0.2.1',
    'sip:0900-123456@trunk.example.org',
    'sip:%2B49900123456@trunk.example.org',
    'sip:%30900123456@trunk.example.org',
    'sip:carol@gw.example.net',
    'sip:carol@GW.example.net:5080',
    'sip:carol@gw.example.net.',
  ]) {
    assert.equal(verdict(uri(text)), 'number-address', text);
  }
  assert.equal(verdict(uri('sip:112@192.0.2.1')), 'emergency');
  assert.equal(verdict(uri('sip:%31%31%32@192.0.2.1')), 'emergency');
});

test('domains can be listed; a listed one may have extensions, but no emergency numbers', () => {
  const policy = policyOf({ allowDomains: ['pbx.example.org'] });
  assert.equal(verdict(uri('sip:1001@pbx.example.org'), policy), 'sip:1001@pbx.example.org');
  assert.equal(verdict(uri('sip:112@pbx.example.org'), policy), 'emergency');
  assert.equal(verdict(uri('sip:carol@example.org'), policy), 'domain');
});

test('whom nobody knows is refused by the word for it', () => {
  assert.equal(verdict({ kind: 'unknown', what: 'unknown-handle', name: '@eve' }), 'unknown-handle');
  assert.equal(verdict({ kind: 'unknown', what: 'unknown-user', name: 'eve' }), 'unknown-user');
});
