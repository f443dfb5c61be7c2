import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clausesIn, isWithin, titlesIn } from '../../scripts/docs-rfc-map.ts';

const clauses = (text: string) => [...clausesIn(text)];

test('a clause alone is one of RFC 3261', () => {
  assert.deepEqual(clauses('/** §16.7 step 6, §17.1.1.2 */'), ['3261 §16.7', '3261 §17.1.1.2']);
});

test('the number of an RFC holds for the clauses right behind it, and for no other', () => {
  assert.deepEqual(clauses('(RFC 6026 §7.1, §8.7) and §17.2.1'), ['6026 §7.1', '6026 §8.7', '3261 §17.2.1']);
  assert.deepEqual(clauses('@rfc 3261 §17.2.1\n@rfc 6026 §7.1'), ['3261 §17.2.1', '6026 §7.1']);
  assert.deepEqual(clauses('Table 4 of RFC 6026. It is the proxy\'s (§16.8)'), ['3261 §16.8']);
});

test('a chapter below 7 belongs to the RFC that was named last', () => {
  assert.deepEqual(clauses('RFC 3263 §4.2\n// §4.1: without NAPTR'), ['3263 §4.2', '3263 §4.1']);
});

test('titles are those of test and describe, in any quotes, on the line after too', () => {
  const text = "describe('§10 a', () => {\n  test(`§10.3 b`, f);\n  test(\n    'it\\'s §10.2', f);\n  // §99\n  const name = '§98';";
  assert.equal(titlesIn(text), "§10 a\n§10.3 b\nit\\'s §10.2");
});

test('a clause is covered by its parts, not by one that only begins alike', () => {
  assert.ok(isWithin('3261 §16.7', '3261 §16.7'));
  assert.ok(isWithin('3261 §17.1.1.2', '3261 §17.1.1'));
  assert.ok(!isWithin('3261 §16.11', '3261 §16.1'));
  assert.ok(!isWithin('6026 §7.1', '3261 §7'));
});
