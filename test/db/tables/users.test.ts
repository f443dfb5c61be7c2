import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { UsersTable } from '../../../src/db/tables/users.ts';
import { withDatabase } from '../embedded-database.ts';

const database = await withDatabase();
let users: UsersTable;

beforeEach(async () => {
  await database.db('sipweetusers').delete();
  users = new UsersTable(database.db);
});

test('a mapping comes back with the defaults: UTC, en, notified', async () => {
  const { createdAt, ...user } = await users.add({ sipUser: 'bob', xUser: '@bob_example' });
  assert.ok(createdAt instanceof Date);
  const expected = {
    sipUser: 'bob',
    xUser: 'bob_example',
    xUserId: undefined,
    timeZone: 'UTC',
    locale: 'en',
    region: undefined,
    notify: true,
    linkedAt: undefined,
    quietFrom: undefined,
    quietTo: undefined,
    forwardTo: undefined,
    dnd: false,
    mastodon: undefined,
  };
  assert.deepEqual(user, expected);
  assert.deepEqual(await users.show('bob'), { ...expected, createdAt });
  assert.deepEqual(await users.list(), [{ ...expected, createdAt }]);
});

test('time zone and locale are kept when given', async () => {
  const user = await users.add({ sipUser: 'bob', xUser: 'bob_example', timeZone: 'Europe/Berlin', locale: 'de-AT' });
  assert.deepEqual([user.timeZone, user.locale], ['Europe/Berlin', 'de-AT']);
});

test('a SIP user that is mapped is refused by name', async () => {
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  await assert.rejects(users.add({ sipUser: 'bob', xUser: 'other' }), {
    code: 'user.exists',
    message: 'SIP user "bob" is taken: it is mapped to X user "bob_example"',
  });
});

test('an X user that is mapped is refused by name, in whatever case it is written', async () => {
  await users.add({ sipUser: 'bob', xUser: 'Bob_Example' });
  await assert.rejects(users.add({ sipUser: 'carol', xUser: '@bob_EXAMPLE' }), {
    code: 'user.exists',
    message: 'X user "bob_EXAMPLE" is taken: it is mapped to SIP user "bob"',
  });
});

test('when both names are taken by different rows, both are named', async () => {
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  await users.add({ sipUser: 'carol', xUser: 'carol_example' });
  await assert.rejects(users.add({ sipUser: 'bob', xUser: 'carol_example' }), {
    code: 'user.exists',
    message: /SIP user "bob" is taken: .*"bob_example"; X user "carol_example" is taken: .*"carol"/,
  });
  await assert.rejects(users.add({ sipUser: 'bob', xUser: 'bob_example' }), {
    code: 'user.exists',
    message: 'SIP user "bob" is mapped to X user "bob_example" already',
  });
});

test('of two that add the same X user at once, one wins and the other is told', async () => {
  const results = await Promise.allSettled([
    users.add({ sipUser: 'bob', xUser: 'same' }),
    users.add({ sipUser: 'carol', xUser: 'SAME' }),
  ]);
  assert.deepEqual(results.map((result) => result.status).sort(), ['fulfilled', 'rejected']);
  assert.equal((await users.list()).length, 1);
});

test('SIP users are compared exactly: Bob is not bob (RFC 3261 §19.1.4)', async () => {
  await users.add({ sipUser: 'bob', xUser: 'one' });
  assert.equal(await users.findBySipUser('Bob'), undefined);
  await users.add({ sipUser: 'Bob', xUser: 'two' });
});

test('show and remove of an unknown user say so', async () => {
  const refusal = { code: 'user.unknown', message: 'There is no SIP user "nobody"' };
  await assert.rejects(users.show('nobody'), refusal);
  await assert.rejects(users.remove('nobody'), refusal);
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  await users.remove('bob');
  assert.deepEqual(await users.list(), []);
});

test('an X id belongs to one SIP user', async () => {
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  await users.add({ sipUser: 'carol', xUser: 'carol_example' });
  await users.setXUserId('bob', '1001');
  await users.setXUserId('bob', '1001');
  assert.equal((await users.show('bob')).xUserId, '1001');
  await assert.rejects(users.setXUserId('carol', '1001'), { code: 'user.exists' });
  await assert.rejects(users.setXUserId('nobody', '1002'), { code: 'user.unknown' });
});

test(`x'or'1'='1 and its like are names: they find nobody, and may be mapped and removed`, async () => {
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  for (const name of [`x'or'1'='1`, `x';drop/**/table/**/sipweetusers;--`, '$1', '?', String.raw`\'`]) {
    assert.equal(await users.findBySipUser(name), undefined, name);
    await assert.rejects(users.remove(name), { code: 'user.unknown' });
    await users.add({ sipUser: name, xUser: name });
    assert.equal((await users.show(name)).xUser, name);
    await users.remove(name);
  }
  assert.deepEqual((await users.list()).map((user) => user.sipUser), ['bob']);
});

test('a NUL is in nobody\'s name', async () => {
  assert.equal(await users.findBySipUser('bob\0'), undefined);
  await assert.rejects(users.remove('bob\0'), { code: 'user.unknown' });
  await assert.rejects(users.add({ sipUser: 'bob\0', xUser: 'x' }), { code: 'usage' });
});

test('a name that is empty, has blanks or is longer than its column is refused before the database sees it', async () => {
  await assert.rejects(users.add({ sipUser: '', xUser: 'x' }), { code: 'usage' });
  await assert.rejects(users.add({ sipUser: 'bob', xUser: '@' }), { code: 'usage' });
  await assert.rejects(users.add({ sipUser: 'b ob', xUser: 'x' }), { code: 'usage' });
  await assert.rejects(users.add({ sipUser: 'b'.repeat(65), xUser: 'x' }), { code: 'usage' });
});

test('a user is found by the id of X and by the handle in whatever case', async () => {
  await users.add({ sipUser: 'bob', xUser: 'Bob_Example' });
  await users.setXUserId('bob', '7');
  assert.equal((await users.findByXUserId('7'))?.sipUser, 'bob');
  assert.equal((await users.findByXName('bob_EXAMPLE'))?.sipUser, 'bob');
  assert.equal(await users.findByXUserId('8'), undefined);
  assert.equal(await users.findByXName('b\0b'), undefined);
});

test('a profile is changed where the change says so, null takes away, and nothing else moves', async () => {
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  assert.equal(await users.updateProfile('bob', { quietFrom: '22:00', quietTo: '07:00', dnd: true, forwardTo: '+4930901820', mastodon: 'bob@example.social' }), true);
  assert.equal(await users.updateProfile('bob', { quietFrom: null, quietTo: null, region: 'DE', timeZone: 'Europe/Berlin', locale: 'de', notify: false }), true);
  const { createdAt: _, ...bob } = await users.show('bob');
  assert.deepEqual(bob, {
    sipUser: 'bob', xUser: 'bob_example', xUserId: undefined, timeZone: 'Europe/Berlin', locale: 'de', region: 'DE', notify: false,
    linkedAt: undefined, quietFrom: undefined, quietTo: undefined, forwardTo: '+4930901820', dnd: true, mastodon: 'bob@example.social',
  });
  assert.equal(await users.updateProfile('nobody', { dnd: true }), false);
});

test('a new handle is followed; the account that had it by our books is known by its id from then on', async () => {
  await users.add({ sipUser: 'alice', xUser: 'wonder' });
  await users.setXUserId('alice', '1');
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  await users.setXUserId('bob', '2');
  assert.equal(await users.followHandle('2', 'bob_example'), 'same');
  assert.equal(await users.followHandle('2', 'Wonder'), 'followed');
  assert.deepEqual([(await users.show('bob')).xUser, (await users.show('alice')).xUser], ['Wonder', 'id:1']);
  assert.equal(await users.followHandle('1', 'alice_now'), 'followed');
  assert.equal((await users.show('alice')).xUser, 'alice_now');
  assert.equal(await users.followHandle('3', 'stranger'), 'unknown');
});

test('a change of case alone is followed too', async () => {
  await users.add({ sipUser: 'bob', xUser: 'bob' });
  await users.setXUserId('bob', '2');
  assert.equal(await users.followHandle('2', 'BOB'), 'followed');
  assert.equal((await users.show('bob')).xUser, 'BOB');
});

test('a handle that an operator has mapped by name is not taken from that mapping', async () => {
  await users.add({ sipUser: 'carol', xUser: 'wonder' });
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  await users.setXUserId('bob', '2');
  assert.equal(await users.followHandle('2', 'wonder'), 'taken');
  assert.deepEqual([(await users.show('bob')).xUser, (await users.show('carol')).xUser], ['bob_example', 'wonder']);
});

test('a SIP user is one who is mapped or who has a password', async () => {
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  await database.db('subscriber').insert({ username: 'alice', domain: 'example.com' });
  assert.deepEqual(await Promise.all(['bob', 'alice', 'carol', 'a\0'].map((name) => users.isSipUser(name))), [true, true, false, false]);
});
