import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCSeq } from '../../../src/sip/headers/cseq.ts';

const parse = (text: string) => parseCSeq(text, 0, text.length);

test('§20.16 a number, blanks and a method', () => {
  assert.deepEqual(parse('4711 INVITE'), { number: 4711, method: 'INVITE' });
  assert.deepEqual(parse('0009   \t INVITE '), { number: 9, method: 'INVITE' });
  assert.deepEqual(parse("1 !interesting-Method0123456789_*+`.%indeed'~"), { number: 1, method: "!interesting-Method0123456789_*+`.%indeed'~" });
});

test('§8.1.1.5 the number is below 2^31', () => {
  assert.equal(parse('2147483647 A')?.number, 2147483647);
  assert.equal(parse('2147483648 A'), undefined);
  assert.equal(parse('4294967297 A'), undefined);
});

for (const text of ['', '1', 'INVITE', '1INVITE', '-1 INVITE', '1.0 INVITE', '1 INV ITE', '1 INVITE,', '1 (', 'x 1']) {
  test(`malformed: ${text}`, () => assert.equal(parse(text), undefined));
}
