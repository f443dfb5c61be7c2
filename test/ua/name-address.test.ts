import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isParseFailure, parseMessage } from '../../src/sip/message/parse-message.ts';
import { isCallable, nameAddress } from '../../src/ua/name-address.ts';

const inFrom = (value: string): string => `OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: ${value};tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`;

test('whatever stands in a name, the header is one line with that URI and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
      const message = parseMessage(inFrom(nameAddress(name, 'sip:bob@example.com')));
      assert.ok(!isParseFailure(message));
      assert.deepEqual([message.fieldCount, message.from?.uriText, message.from?.tag], [7, 'sip:bob@example.com', '1']);
    }),
  );
});

test('names beyond ASCII are UTF-8 on the wire; a long one is cut at a character', () => {
  assert.equal(Buffer.from(nameAddress('Jürgen', 'sip:j@b'), 'latin1').toString('utf8'), '"Jürgen" <sip:j@b>');
  assert.equal(Buffer.from(nameAddress('🎺'.repeat(100), 'sip:j@b'), 'latin1').toString('utf8'), `"${'🎺'.repeat(64)}" <sip:j@b>`);
  assert.equal(nameAddress(' \r\n\t', 'sip:j@b'), '<sip:j@b>');
});

test('only SIP URIs without headers can be called', () => {
  const texts = ['sip:bob@example.com', 'sips:bob@example.com:5061;transport=tcp', 'sip:192.0.2.1', 'tel:+1', 'mailto:a@b', 'sip:', 'sip:a@b?Subject=x', 'sip:a@b>', 'sip:a b@c', `sip:${'a'.repeat(600)}@b`];
  assert.deepEqual(texts.map(isCallable), [true, true, true, false, false, false, false, false, false, false]);
});
