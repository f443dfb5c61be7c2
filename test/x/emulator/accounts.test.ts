import assert from 'node:assert/strict';
import test from 'node:test';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { Accounts } from '../../../src/x/emulator/accounts.ts';

const accounts = () => new Accounts({ clock: new VirtualClock(), autoCreateUsers: true, maxUsers: 100 });

test('a new handle leaves the id, and is found whatever its case', () => {
  const all = accounts();
  const bob = all.byName('bob')!;
  const renamed = all.rename(bob, 'Bobby')!;
  assert.deepEqual([renamed.id, renamed.username, renamed.name], [bob.id, 'Bobby', 'Bobby']);
  assert.equal(all.byName('bobby')?.id, bob.id);
  assert.equal(all.byId(bob.id)?.username, 'Bobby');
});

test('a handle that was given up leads nowhere, until somebody else takes it under another id', () => {
  const all = accounts();
  const bob = all.byName('bob')!;
  all.rename(bob, 'bobby');
  assert.equal(all.byName('bob'), undefined);
  const taker = all.put({ username: 'bob' })!;
  assert.notEqual(taker.id, bob.id);
  assert.equal(all.byName('bob')?.id, taker.id);
  assert.equal(all.byId(bob.id)?.username, 'bobby');
});

test('the owner may take a handle back that nobody took', () => {
  const all = accounts();
  const bob = all.byName('bob')!;
  const bobby = all.rename(bob, 'bobby')!;
  assert.equal(all.rename(bobby, 'bob')?.id, bob.id);
  assert.equal(all.byName('bob')?.id, bob.id);
});

test('a handle of somebody else is not to be had', () => {
  const all = accounts();
  const [ann, bob] = [all.byName('ann')!, all.byName('bob')!];
  assert.equal(all.rename(bob, 'ANN'), undefined);
  assert.equal(all.byName('ann')?.id, ann.id);
});
