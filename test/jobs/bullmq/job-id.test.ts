import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bullJobId } from '../../../src/jobs/bullmq/job-id.ts';
import { pack, unpack } from '../../../src/jobs/bullmq/envelope.ts';

test('an id of BullMQ has no colon, is no integer and is bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (id) => {
      assert.match(bullJobId(id), /^[jh]-[A-Za-z0-9._@~+%-]{0,200}$/);
    }),
  );
});

test('an id that people can read stays readable', () => {
  assert.equal(bullJobId('missed-call:a84b4c76@pc33.example.org'), 'j-missed-call%3Aa84b4c76@pc33.example.org');
});

test('different ids stay different: case, percent signs, and lengths about the bound', () => {
  const ids = ['a', 'A', '%41', '%2541', ':', '%3A', 'x'.repeat(200), 'x'.repeat(201), 'x'.repeat(202), ''];
  assert.equal(new Set(ids.map(bullJobId)).size, ids.length);
});

test('data come back as they were put in, NUL included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (id, value) => {
      assert.deepEqual(unpack(JSON.parse(JSON.stringify(pack(id, value)))), { id, value });
    }),
  );
});

test('data of a stranger are an error', () => {
  for (const data of [undefined, null, {}, { id: 1, value: 'v' }, { packed: 'bm8=' }, 'text']) assert.throws(() => unpack(data));
});
