import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CachedCredentials } from '../../../src/script/modules/cached-credentials.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { settled, StubUsers } from './module-stage.ts';

function start(more: { maxEntries?: number; maxLookups?: number } = {}) {
  const clock = new VirtualClock();
  const store = new StubUsers();
  store.known.set('alice@realm', { ha1: 'a'.repeat(32), ha1Sha256: '' });
  const users = new CachedCredentials({ store, clock, waitMs: 1000, ...more });
  return { clock, store, users };
}

test('what the store said is kept for 30 s, and for 5 s that it knows nobody', async () => {
  const { clock, users } = start();
  await users.lookUp('alice', 'realm');
  await users.lookUp('nobody', 'realm');
  assert.equal(users.kept('alice', 'realm')!.credentials!.ha1, 'a'.repeat(32));
  assert.deepEqual(users.kept('nobody', 'realm')!.credentials, undefined);
  clock.advance(5_000);
  assert.equal(users.kept('nobody', 'realm'), undefined);
  clock.advance(24_999);
  assert.notEqual(users.kept('alice', 'realm'), undefined);
  clock.advance(1);
  assert.equal(users.kept('alice', 'realm'), undefined);
});

test('look-ups of one user at a time share one question', async () => {
  const { store, users } = start();
  await Promise.all([users.lookUp('alice', 'realm'), users.lookUp('alice', 'realm'), users.lookUp('bob', 'realm')]);
  assert.equal(store.questions, 2);
});

test('a failed look-up keeps nothing and can be repeated', async () => {
  const { store, users } = start();
  store.down = true;
  await assert.rejects(users.lookUp('alice', 'realm'), /away/);
  assert.equal(users.kept('alice', 'realm'), undefined);
  store.down = false;
  assert.notEqual(await users.lookUp('alice', 'realm'), undefined);
});

test('a store that does not answer fails the look-up after waitMs, and leaves no timer behind', async () => {
  const { clock, users, store } = start();
  store.find = () => new Promise(() => {});
  const lookup = users.lookUp('alice', 'realm');
  clock.advance(1000);
  await assert.rejects(lookup, /no answer within 1000 ms/);
  await settled();
  assert.equal(clock.armed, 0);
});

test('past the bound on look-ups a further one fails at once; there is room again when one has ended', async () => {
  const { users, store } = start({ maxLookups: 1 });
  const first = users.lookUp('alice', 'realm');
  await assert.rejects(users.lookUp('bob', 'realm'), /1 users are being looked up already/);
  assert.equal(store.questions, 1);
  await first;
  await settled();
  assert.equal(await users.lookUp('bob', 'realm'), undefined);
});

test('at the bound on users the one looked up longest ago is forgotten', async () => {
  const { users } = start({ maxEntries: 2 });
  for (const name of ['a', 'b', 'c']) await users.lookUp(name, 'realm');
  assert.deepEqual(['a', 'b', 'c'].map((name) => users.kept(name, 'realm') !== undefined), [false, true, true]);
});

test('a name in UTF-8 is looked up as the text that it is', async () => {
  const { store, users } = start();
  store.known.set('jürgen@realm', { ha1: 'b'.repeat(32), ha1Sha256: '' });
  assert.notEqual(await users.lookUp(Buffer.from('jürgen', 'utf8').toString('latin1'), 'realm'), undefined);
});
