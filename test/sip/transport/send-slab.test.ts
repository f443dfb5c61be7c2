import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SendSlab } from '../../../src/sip/transport/send-slab.ts';

test('texts lie one after the other, one byte a character', () => {
  const slab = new SendSlab();
  assert.equal(slab.put('caf\xe9'), 0);
  assert.equal(slab.put('xy'), 4);
  assert.equal(slab.buffer.toString('latin1', 0, 6), 'caf\xe9xy');
});

test('a full slab is replaced, so that what was written before stays', () => {
  const slab = new SendSlab();
  slab.put('first');
  const old = slab.buffer;
  while (slab.buffer === old) slab.put('x'.repeat(60_000));
  assert.equal(old.toString('latin1', 0, 5), 'first');
});

test('rewind starts at the front of the same memory', () => {
  const slab = new SendSlab();
  slab.put('first');
  const { buffer } = slab;
  slab.rewind();
  assert.equal(slab.put('second'), 0);
  assert.equal(slab.buffer, buffer);
});
