import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { crcAnswer, isSignedByX } from '../../src/x/webhook-signature.ts';

const SECRET = 'consumer secret of the app';
const sign = (content: string | Buffer) => `sha256=${createHmac('sha256', SECRET).update(content).digest('base64')}`;

test('the answer to a check is the keyed hash of its token', () => {
  const token = 'ZWY4YjMzOTctMjEwNS00';
  assert.equal(crcAnswer(token, SECRET), sign(token));
});

test('a token that is not of X\'s form is not signed: the endpoint is no signing oracle', () => {
  const bodies = ['{"data":{"event_type":"dm.received"}}', '{}', '[]', ' '.repeat(20), 'short', 'x'.repeat(129), 'tokenwith\nnewline00', '', undefined, ['a'.repeat(20)], 5];
  for (const token of bodies) assert.equal(crcAnswer(token, SECRET), undefined, String(token));
});

test('whatever token is answered, it is never a body that means something', () => {
  const TEXT = fc.oneof(fc.json(), fc.string({ minLength: 16, maxLength: 128 }), fc.base64String({ minLength: 16, maxLength: 128 }));
  let answered = 0;
  fc.assert(
    fc.property(TEXT, (token) => {
      if (crcAnswer(token, SECRET) === undefined) return;
      answered += 1;
      let value: unknown;
      try {
        value = JSON.parse(token);
      } catch {
        return;
      }
      assert.notEqual(typeof value, 'object');
    }),
    { numRuns: 2000 },
  );
  assert.ok(answered > 100);
});

test('a delivery is signed over its bytes as they came', () => {
  const body = Buffer.from('{"text":"grüße 🦊", "a" : 1}');
  assert.equal(isSignedByX(body, sign(body), SECRET), true);
  assert.equal(isSignedByX(Buffer.from(JSON.stringify(JSON.parse(body.toString()))), sign(body), SECRET), false);
  assert.equal(isSignedByX(body, sign(body), 'another secret'), false);
});

test('a signature that is missing, cut, doubled or of another form is none', () => {
  const body = Buffer.from('{}');
  const good = sign(body);
  for (const header of [undefined, '', 'sha256=', good.slice(7), good.slice(0, -1), `${good} `, `${good},${good}`, [good], good.replace('sha256', 'sha1'), good.replace(/.=$/, '==')]) {
    assert.equal(isSignedByX(body, header, SECRET), false, String(header));
  }
});
