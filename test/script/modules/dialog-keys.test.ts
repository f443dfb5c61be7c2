import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DialogKeys } from '../../../src/script/modules/dialog-keys.ts';

test('a dialog has one key, whether it is remembered, forgotten since, or asked for at another node', () => {
  const keys = new DialogKeys('secret');
  const key = keys.of('call@192.0.2.1');
  assert.match(key, /^[\w-]{12}$/);
  assert.equal(keys.of('call@192.0.2.1'), key);
  for (let call = 0; call < 20_000; call += 1) keys.of(`${call}@192.0.2.1`);
  assert.equal(keys.of('call@192.0.2.1'), key);
  assert.equal(new DialogKeys('secret').of('call@192.0.2.1'), key);
});

test('another Call-ID or another secret makes another key', () => {
  const seen = new Set<string>();
  const keys = new DialogKeys('secret');
  for (let call = 0; call < 1000; call += 1) seen.add(keys.of(`${call}@192.0.2.1`));
  seen.add(new DialogKeys('other').of('0@192.0.2.1'));
  seen.add(new DialogKeys(undefined).of('0@192.0.2.1'));
  assert.equal(seen.size, 1002);
});

test('a Call-ID of any length has a key', () => {
  const long = 'x'.repeat(60_000);
  const keys = new DialogKeys('secret');
  assert.equal(keys.of(long), keys.of(long));
  assert.notEqual(keys.of(long), keys.of(`${long}x`));
});
