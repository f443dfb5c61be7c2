/** The messages of RFC 4475 that a registrar is asked about, down to what is done with them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, Stage, contactValues, parse } from './stage.ts';

function torture(lines: readonly string[]) {
  const stage = new Stage();
  const result = stage.registrar.save(parse(['REGISTER sip:example.com SIP/2.0', 'Max-Forwards: 70', ...lines]), PHONE);
  return { stage, result };
}

test('§3.1.1.4 escnull: escaped NULs are characters of the name; two contacts, and the name is not cut', () => {
  const { stage, result } = torture([
    'To: sip:null-%00-null@example.com',
    'From: sip:null-%00-null@example.com;tag=839923423',
    'Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd',
    'CSeq: 14398234 REGISTER',
    'Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bKkdjuw',
    'Contact: <sip:%00@host5.example.com>',
    'Contact: <sip:%00%00@host5.example.com>',
    'L:0',
  ]);
  assert.equal(result.status, 200);
  assert.equal(contactValues(result).length, 2);
  assert.equal(stage.registrar.lookup('null-%00-null', 'example.com').length, 2);
  assert.equal(stage.registrar.lookup('null-', 'example.com').length, 0);
});

test('§3.3.12 cparam01: a parameter behind a bare URI belongs to the Contact, never to the URI', () => {
  const { stage, result } = torture([
    'Via: SIP/2.0/UDP saturn.example.com:5060;branch=z9hG4bKkdjuw',
    'From: sip:watson@example.com;tag=DkfVgjkrtMwaerKKpe',
    'To: sip:watson@example.com',
    'Call-ID: cparam01.70710@saturn.example.com',
    'CSeq: 2 REGISTER',
    'Contact: sip:+19725552222@gw1.example.net;unknownparam',
    'l: 0',
  ]);
  assert.deepEqual(contactValues(result), ['<sip:+19725552222@gw1.example.net>;expires=3600;unknownparam']);
  assert.deepEqual(stage.contacts('watson'), ['sip:+19725552222@gw1.example.net']);
});

test('§3.3.13 cparam02: a parameter within the brackets stays in the URI', () => {
  const { stage, result } = torture([
    'Via: SIP/2.0/UDP saturn.example.com:5060;branch=z9hG4bKkdjuw',
    'From: sip:watson@example.com;tag=838293',
    'To: sip:watson@example.com',
    'Call-ID: cparam02.70710@saturn.example.com',
    'CSeq: 3 REGISTER',
    'Contact: <sip:+19725552222@gw1.example.net;unknownparam>',
    'l: 0',
  ]);
  assert.deepEqual(contactValues(result), ['<sip:+19725552222@gw1.example.net;unknownparam>;expires=3600']);
  assert.equal(stage.registrar.lookup('watson', '')[0]!.requestUri, 'sip:+19725552222@gw1.example.net;unknownparam');
});

test('§3.3.14 regescrt: the header in the contact is kept and listed, but never in a Request-URI', () => {
  const { stage, result } = torture([
    'To: sip:user@example.com',
    'From: sip:user@example.com;tag=8',
    'Call-ID: regescrt.k345asrl3fdbv@192.0.2.1',
    'CSeq: 14398234 REGISTER',
    'Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bKkdjuw',
    'M: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>',
    'L:0',
  ]);
  assert.deepEqual(contactValues(result), ['<sip:user@example.com?Route=%3Csip:sip.example.com%3E>;expires=3600']);
  const [binding] = stage.registrar.lookup('user', '');
  assert.equal(binding!.contact, 'sip:user@example.com?Route=%3Csip:sip.example.com%3E');
  assert.equal(binding!.requestUri, 'sip:user@example.com');
});

test('§3.1.2.13 regbadct: a URI with headers outside of brackets is 400', () => {
  const { stage, result } = torture([
    'To: sip:user@example.com',
    'From: sip:user@example.com;tag=998332',
    'Call-ID: regbadct.k345asrl3fdbv@10.0.0.1',
    'CSeq: 1 REGISTER',
    'Via: SIP/2.0/UDP 135.180.130.133:5060;branch=z9hG4bKkdjuw',
    'Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E',
    'l: 0',
  ]);
  assert.equal(result.status, 400);
  assert.equal(stage.index.bindingCount, 0);
});

test('§3.3.4 unksm2: a To of an unknown scheme is 400', () => {
  const { result } = torture([
    'To: isbn:2983792873',
    'From: <http://www.example.com>;tag=3234233',
    'Call-ID: unksm2.daksdj@hyphenated-host.example.com',
    'CSeq: 234902 REGISTER',
    'Via: SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bKkdjuw',
    'Contact: <name:John_Smith>',
    'l: 0',
  ]);
  assert.equal(result.status, 400);
});
