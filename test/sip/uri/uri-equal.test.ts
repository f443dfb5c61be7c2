import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseUri, type Uri } from '../../../src/sip/uri/uri.ts';
import { urisEqual } from '../../../src/sip/uri/uri-equal.ts';

function uri(text: string): Uri {
  const parsed = parseUri(text);
  assert.ok(parsed, text);
  return parsed;
}

function equal(a: string, b: string): boolean {
  const result = urisEqual(uri(a), uri(b));
  assert.equal(urisEqual(uri(b), uri(a)), result, 'the comparison is symmetric');
  return result;
}

describe('§19.1.4 URIs that are equivalent', () => {
  for (const [a, b] of [
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtlanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    ['sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com', 'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com'],
    ['sip:alice@atlanta.com?subject=project%20x&priority=urgent', 'sip:alice@atlanta.com?priority=urgent&subject=project%20x'],
    ['sip:bob@[2001:db8::1]:5070', 'sip:bob@[2001:0DB8:0:0:0:0:0:1]:5070'],
    ['tel:+1-201-555-0123', 'tel:+12015550123'],
  ] as const) {
    test(`${a} and ${b}`, () => assert.equal(equal(a, b), true));
  }
});

describe('§19.1.4 URIs that are not equivalent', () => {
  for (const [why, a, b] of [
    ['the user is compared with regard to case', 'sip:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['a default port is not no port', 'sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['a default transport is not no transport', 'sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['port and transport differ', 'sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['a header component is never ignored', 'sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['header components differ', 'sip:a@b?x=1', 'sip:a@b?x=2'],
    ['a name and its address are two hosts', 'sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['a parameter in both must have one value', 'sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip is not sips', 'sip:carol@chicago.com', 'sips:carol@chicago.com'],
    ['no user is not an empty match', 'sip:chicago.com', 'sip:carol@chicago.com'],
    ['the password counts', 'sip:a:x@b', 'sip:a@b'],
    ['an escaped reserved character is not the character', 'sip:a%3bb@c', 'sip:a;b@c'],
    ['maddr is never ignored', 'sip:a@b;maddr=192.0.2.1', 'sip:a@b'],
    ['an unknown scheme is compared as it stands', 'http://a/b', 'http://a/B'],
  ] as const) {
    test(why, () => assert.equal(equal(a, b), false));
  }
});

test('names like __proto__ are parameter names like others', () => {
  assert.equal(equal('sip:a@b;__proto__=1', 'sip:a@b;__proto__=2'), false);
  assert.equal(equal('sip:a@b;constructor', 'sip:a@b'), true);
});
