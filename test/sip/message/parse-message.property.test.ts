import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkMessage } from '../../../fuzz/check-message.ts';
import { startCorpus } from '../../../fuzz/corpus.ts';
import { mutate } from '../../../fuzz/mutation.ts';
import { seeded } from '../../../fuzz/random.ts';

const OUTCOMES = ['request', 'response', '0', '400', '505', '513'];
const corpus = startCorpus();

describe('parseMessage never throws, and what it accepts can be answered, forwarded and cancelled', () => {
  test('any one-byte text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        assert.ok(OUTCOMES.includes(checkMessage(Buffer.from(bytes).toString('latin1'))));
      }),
      { numRuns: 2000 },
    );
  });

  test('any text at all, also of characters that no byte stands for', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => assert.ok(OUTCOMES.includes(checkMessage(`INVITE sip:a SIP/2.0\r\n${text}\r\n\r\n`)))));
  });

  test('any header lines behind a right start line', () => {
    const name = fc.constantFrom('Via', 'v', 'From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Contact', 'Route', 'l', 'X');
    const value = fc.array(fc.oneof(fc.constantFrom('SIP/2.0/UDP a', ';branch=z9hG4bK1', '<sip:a@b>', ';tag=1', '1 INVITE', ',', '"', '\\', '70', '*', ' ', '\r\n '), fc.string({ maxLength: 3 })), { maxLength: 6 });
    const line = fc.tuple(name, value).map(([field, parts]) => `${field}: ${parts.join('')}\r\n`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        assert.ok(OUTCOMES.includes(checkMessage(`INVITE sip:a@b SIP/2.0\r\n${lines.join('')}\r\n`)));
      }),
      { numRuns: 2000 },
    );
  });

  test('changed messages', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = seeded(seed);
        const text = mutate(corpus[random(corpus.length)]!, corpus[random(corpus.length)]!, random);
        assert.ok(OUTCOMES.includes(checkMessage(text)), JSON.stringify(text));
      }),
      { numRuns: 5000 },
    );
  });

  test('the messages to start from are all used: some are accepted, some refused', () => {
    const seen = new Set(corpus.map((text) => checkMessage(text)));
    assert.ok(seen.has('request') && seen.has('response'));
  });
});
