import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { CallsTable } from '../../../src/db/tables/calls.ts';
import { readLinkCode } from '../../../src/db/tables/link-code.ts';
import { LinksTable } from '../../../src/db/tables/links.ts';
import { SchedulesTable } from '../../../src/db/tables/schedules.ts';
import { SubscriberTable } from '../../../src/db/tables/subscriber.ts';
import { UsersTable } from '../../../src/db/tables/users.ts';
import { withDatabase } from '../embedded-database.ts';

const { db } = await withDatabase();
const TTL_MS = 30 * 60_000;
const BOB_ON_X = { xUserId: '7', xName: 'Bob_Example' };
let links: LinksTable;
let users: UsersTable;

beforeEach(async () => {
  for (const table of ['sipweetusers', 'subscriber', 'link_codes', 'link_failures', 'x_tokens', 'schedules', 'calls']) await db(table).delete();
  links = new LinksTable(db);
  users = new UsersTable(db);
  await users.add({ sipUser: 'bob', xUser: 'bob_before' });
});

const rowOf = (sipUser: string) => db('sipweetusers').where({ sipuser: sipUser }).first();
const addTokens = (sipUser: string, xUserId: string) =>
  db('x_tokens').insert({ x_user_id: xUserId, sipuser: sipUser, access_token: Buffer.from('a'), scope: '', expires_at: new Date() });
const wrong = (account = BOB_ON_X) => links.redeem('SW-0000-0000', account);

test('a code links: id, handle as of now, time of the link; the code is used', async () => {
  const { code, expiresAt } = await links.issue('bob', TTL_MS);
  const offMs = Math.abs(expiresAt.getTime() - Date.now() - TTL_MS);
  assert.ok(offMs < 60_000, `ends ${offMs} ms off`);
  assert.equal(await links.userOfCode(code), 'bob');
  assert.deepEqual(await links.redeem(code, BOB_ON_X), { outcome: 'linked', sipUser: 'bob' });
  const row = await rowOf('bob');
  assert.deepEqual([row.x_user_id, row.twuser], ['7', 'Bob_Example']);
  assert.ok(row.linked_at instanceof Date);
  assert.equal(await links.userOfCode(code), undefined);
});

test('the table holds only the hash of a code', async () => {
  const { code } = await links.issue('bob', TTL_MS);
  const rows = JSON.stringify(await db('link_codes'));
  for (const form of [code, readLinkCode(code)!]) assert.ok(!rows.toUpperCase().includes(form), rows);
});

test('who has a password but no row in sipweetusers can be linked: the row is made', async () => {
  await new SubscriberTable(db).upsert({ username: 'carol', realm: 'example.com', password: 'secret' });
  const { code } = await links.issue('carol', TTL_MS);
  assert.deepEqual(await links.redeem(code, { xUserId: '9', xName: 'carol_x' }), { outcome: 'linked', sipUser: 'carol' });
  const carol = await users.show('carol');
  assert.deepEqual([carol.xUser, carol.xUserId, carol.notify], ['carol_x', '9', true]);
});

test('nobody gets a code who is not known', async () => {
  await assert.rejects(links.issue('nobody', TTL_MS), { code: 'user.unknown' });
  await assert.rejects(links.issue('no\0body', TTL_MS), { code: 'user.unknown' });
});

test('a code is for one account: another one is told that it is used, the same one that he is linked', async () => {
  const { code } = await links.issue('bob', TTL_MS);
  await links.redeem(code, BOB_ON_X);
  assert.deepEqual(await links.redeem(code, { xUserId: '8', xName: 'mallory' }), { outcome: 'used' });
  assert.deepEqual(await links.redeem(code.toLowerCase(), BOB_ON_X), { outcome: 'linked', sipUser: 'bob' });
  assert.equal((await rowOf('bob')).x_user_id, '7');
});

test('a used code does not link again after the user has unlinked', async () => {
  const { code } = await links.issue('bob', TTL_MS);
  await links.redeem(code, BOB_ON_X);
  await links.unlink('bob');
  assert.deepEqual(await links.redeem(code, BOB_ON_X), { outcome: 'used' });
  assert.equal((await rowOf('bob')).linked_at, null);
});

test('two accounts that send one code at once: one is linked', async () => {
  const { code } = await links.issue('bob', TTL_MS);
  const accounts = Array.from({ length: 6 }, (_, i) => ({ xUserId: String(100 + i), xName: `account_${i}` }));
  const outcomes = await Promise.all(accounts.map((account) => links.redeem(code, account)));
  assert.equal(outcomes.filter(({ outcome }) => outcome === 'linked').length, 1);
  assert.equal(outcomes.filter(({ outcome }) => outcome === 'used').length, 5);
});

test('a code ends with its time, and by a newer one of the same user', async () => {
  const first = await links.issue('bob', TTL_MS);
  const second = await links.issue('bob', TTL_MS);
  assert.deepEqual(await links.redeem(first.code, BOB_ON_X), { outcome: 'expired' });
  await db('link_codes').update({ expires_at: db.raw('now()') });
  assert.equal(await links.userOfCode(second.code), undefined);
  assert.deepEqual(await links.redeem(second.code, BOB_ON_X), { outcome: 'expired' });
  assert.equal((await rowOf('bob')).linked_at, null);
});

test('the code of a user who was removed does not bring him back', async () => {
  const { code } = await links.issue('bob', TTL_MS);
  await users.remove('bob');
  assert.deepEqual(await links.redeem(code, BOB_ON_X), { outcome: 'expired' });
  assert.equal(await rowOf('bob'), undefined);
});

test('five mistakes within an hour lock the account, also for the right code; others go on', async () => {
  for (let i = 0; i < 5; i += 1) assert.deepEqual(await wrong(), { outcome: 'wrong-code' });
  const { code } = await links.issue('bob', TTL_MS);
  const refused = await links.redeem(code, BOB_ON_X);
  assert.equal(refused.outcome, 'too-many-tries');
  assert.ok(refused.outcome === 'too-many-tries' && refused.retryAt.getTime() > Date.now() + 55 * 60_000);
  assert.deepEqual(await links.redeem('not a code', { xUserId: '8', xName: 'other' }), { outcome: 'wrong-code' });
  await db('link_failures').update({ failed_at: db.raw(`now() - interval '61 minutes'`) });
  assert.deepEqual(await links.redeem(code, BOB_ON_X), { outcome: 'linked', sipUser: 'bob' });
});

test('mistakes that are made at the same moment are counted one by one', async () => {
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => wrong()));
  assert.equal(outcomes.filter(({ outcome }) => outcome === 'wrong-code').length, 5);
  assert.equal((await db('link_failures')).length, 5);
});

test('a locked account adds no rows, and mistakes of long ago are cleaned away', async () => {
  await db.raw(`insert into link_failures select 'x' || n, now() - interval '2 hours' from generate_series(1, 150) n`);
  await wrong();
  assert.equal((await db('link_failures')).length, 51);
  await wrong();
  assert.equal((await db('link_failures')).length, 2);
});

test('codes of long ago are cleaned away when one is issued', async () => {
  await db.raw(`insert into link_codes (code_hash, sipuser, expires_at) select 'h' || n, 'bob', now() - interval '8 days' from generate_series(1, 150) n`);
  await links.issue('bob', TTL_MS);
  assert.equal((await db('link_codes')).length, 51);
});

test('an X account that is another SIP user’s, by id or by a name not yet looked up, is refused and the code stays open', async () => {
  await users.add({ sipUser: 'carol', xUser: 'bob_example' });
  const { code } = await links.issue('bob', TTL_MS);
  assert.deepEqual(await links.redeem(code, BOB_ON_X), { outcome: 'account-taken' });
  await users.setXUserId('carol', '7');
  assert.deepEqual(await links.redeem(code, BOB_ON_X), { outcome: 'account-taken' });
  assert.equal(await links.userOfCode(code), 'bob');
  assert.equal((await rowOf('bob')).linked_at, null);
});

test('a handle that has changed hands: the id decides, and the one who had it before keeps his link under his id', async () => {
  await users.add({ sipUser: 'carol', xUser: 'bob_example' });
  await links.link('carol', { xUserId: '9', xName: 'bob_example' });
  const { code } = await links.issue('bob', TTL_MS);
  assert.deepEqual(await links.redeem(code, BOB_ON_X), { outcome: 'linked', sipUser: 'bob' });
  const carol = await rowOf('carol');
  assert.deepEqual([carol.twuser, carol.x_user_id, carol.linked_at !== null], ['id:9', '9', true]);
});

test('linking to another account ends what the first one had granted', async () => {
  await links.link('bob', BOB_ON_X);
  await addTokens('bob', '7');
  const { code } = await links.issue('bob', TTL_MS);
  assert.deepEqual(await links.redeem(code, { xUserId: '8', xName: 'bob_new' }), { outcome: 'linked', sipUser: 'bob' });
  assert.deepEqual(await db('x_tokens'), []);
  assert.equal((await rowOf('bob')).x_user_id, '8');
});

test('unlink parts at once: no link, no messages, no tokens, no open code; the mapping stays', async () => {
  await links.link('bob', BOB_ON_X);
  await addTokens('bob', '7');
  const { code } = await links.issue('bob', TTL_MS);
  assert.equal(await links.unlink('bob'), true);
  const row = await rowOf('bob');
  assert.deepEqual([row.linked_at, row.notify, row.x_user_id, row.twuser], [null, false, '7', 'Bob_Example']);
  assert.deepEqual(await db('x_tokens'), []);
  assert.equal(await links.userOfCode(code), undefined);
  assert.equal(await links.unlink('bob'), false);
  assert.equal(await links.unlink('nobody'), false);
});

test('with the link ends what it has planned and set: schedules, calls that have not connected, forwarding, do-not-disturb', async () => {
  await links.link('bob', BOB_ON_X);
  await users.updateProfile('bob', { forwardTo: '+4930901820', dnd: true });
  const next = { atMs: Date.now() + 3600_000, zone: 'UTC' };
  await new SchedulesTable(db).add({ sipUser: 'bob', number: 1, kind: 'reminder', about: 'x', ring: false, next });
  const calls = new CallsTable(db);
  for (const id of ['planned', 'ringing', 'connected']) await calls.plan({ id, kind: 'call', sipUser: 'bob', target: 'sip:alice@example.com', targetName: 'alice', expiresAtMs: Date.now() + 60_000 });
  await db('calls').whereNot({ id: 'planned' }).update({ state: db.ref('id') });
  await links.unlink('bob');
  const { forward_to: forwardTo, dnd } = await rowOf('bob');
  assert.deepEqual([forwardTo, dnd, await db('schedules').select('state')], [null, false, [{ state: 'cancelled' }]]);
  assert.deepEqual(await db('calls').orderBy('planned_at').select('state', 'cancel_requested'), [
    { state: 'cancelled', cancel_requested: true },
    { state: 'ringing', cancel_requested: true },
    { state: 'connected', cancel_requested: false },
  ]);
});

test('who links again after he said stop is told of calls again; who only linked anew keeps his setting', async () => {
  await links.link('bob', BOB_ON_X);
  await db('sipweetusers').update({ notify: false });
  await links.link('bob', BOB_ON_X);
  assert.equal((await rowOf('bob')).notify, false);
  await links.unlink('bob');
  await links.link('bob', BOB_ON_X);
  assert.equal((await rowOf('bob')).notify, true);
});

test('inside a transaction of the caller a link ends with it', async () => {
  const { code } = await links.issue('bob', TTL_MS);
  const trx = await db.transaction();
  assert.deepEqual(await new LinksTable(trx).redeem(code, BOB_ON_X), { outcome: 'linked', sipUser: 'bob' });
  await trx.rollback();
  assert.equal((await rowOf('bob')).linked_at, null);
  assert.equal(await links.userOfCode(code), 'bob');
});

test('the state of a link: linked when, signed in, code open until', async () => {
  assert.deepEqual(await links.stateOf('bob'), { sipUser: 'bob', linkedAt: undefined, signedIn: false, codeExpiresAt: undefined });
  const { expiresAt } = await links.issue('bob', TTL_MS);
  assert.deepEqual((await links.stateOf('bob'))?.codeExpiresAt, expiresAt);
  await links.link('bob', BOB_ON_X);
  await addTokens('bob', '7');
  const [state] = await links.list();
  assert.deepEqual([state?.sipUser, state?.linkedAt instanceof Date, state?.signedIn], ['bob', true, true]);
  assert.equal(await links.stateOf('nobody'), undefined);
});
