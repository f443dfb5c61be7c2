import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALLOW, CALL_ID, CONTENT_LENGTH, CSEQ, FROM, MAX_FORWARDS, OTHER, PROXY_AUTHORIZATION, TO, VIA, canonicalName, headerId } from '../../../src/sip/headers/header-id.ts';

const id = (name: string): number => headerId(name, 0, name.length);

test('§7.3.1 names in any case, §7.3.3 in both forms', () => {
  for (const [name, expected] of [['Via', VIA], ['v', VIA], ['V', VIA], ['FROM', FROM], ['f', FROM], ['to', TO], ['T', TO], ['cAlL-iD', CALL_ID], ['i', CALL_ID], ['CSeq', CSEQ], ['l', CONTENT_LENGTH], ['Max-Forwards', MAX_FORWARDS], ['Proxy-Authorization', PROXY_AUTHORIZATION], ['allow', ALLOW]] as const) {
    assert.equal(id(name), expected, name);
  }
});

test('names that differ in one character, or are longer or shorter, are others', () => {
  for (const name of ['', 'Vib', 'Viaa', 'Vi', 'x', 'Call_ID', 'Call ID', 'C%6Fntact', 'Max-Forwardt', 'Proxy-Authorizations', 'X'.repeat(70_000)]) assert.equal(id(name), OTHER, name.slice(0, 30));
});

test('§7.3.3 canonicalName gives the long form in lower case', () => {
  assert.deepEqual(['v', 'VIA', 'L', 'Content-Length', 'X-Own', 'z', 'o', 'constructor'].map(canonicalName), ['via', 'via', 'content-length', 'content-length', 'x-own', 'z', 'event', 'constructor']);
});
