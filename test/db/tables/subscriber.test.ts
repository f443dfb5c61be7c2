import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { SubscriberTable } from '../../../src/db/tables/subscriber.ts';
import { withDatabase } from '../embedded-database.ts';

const database = await withDatabase();
let subscribers: SubscriberTable;

beforeEach(async () => {
  await database.db('subscriber').delete();
  subscribers = new SubscriberTable(database.db);
});

// The user of RFC 2617 §3.5; the MD5 value is the H(A1) behind the response printed there.
const MUFASA = { username: 'Mufasa', realm: 'testrealm@host.com', password: 'Circle Of Life' };
const MUFASA_HA1 = '939e7578ed9e3c518a452acee763bce9';
// The user of RFC 7616 §3.9.1.
const MUFASA_2015 = { username: 'Mufasa', realm: 'http-auth@example.org', password: 'Circle of Life' };
const MUFASA_2015_SHA256 = '7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232';

test('HA1 is the MD5 of username:realm:password (RFC 2617 §3.2.2.2)', async () => {
  await subscribers.upsert(MUFASA);
  assert.equal((await subscribers.find(MUFASA.username, MUFASA.realm))?.ha1, MUFASA_HA1);
});

test('HA1 for SHA-256 is kept beside it (RFC 8760)', async () => {
  await subscribers.upsert(MUFASA_2015);
  assert.equal((await subscribers.find(MUFASA_2015.username, MUFASA_2015.realm))?.ha1Sha256, MUFASA_2015_SHA256);
});

test('no password is stored', async () => {
  await subscribers.upsert(MUFASA);
  const row = await database.db('subscriber').first();
  assert.equal(row.password, '');
  assert.ok(!JSON.stringify(row).includes('Circle'));
});

test('a second upsert is a new password, not a second subscriber', async () => {
  await subscribers.upsert(MUFASA);
  await subscribers.upsert({ ...MUFASA, password: 'Hakuna Matata' });
  assert.notEqual((await subscribers.find(MUFASA.username, MUFASA.realm))?.ha1, MUFASA_HA1);
  assert.equal((await database.db('subscriber').pluck('id')).length, 1);
});

test('a user is one of its realm only', async () => {
  await subscribers.upsert({ username: 'bob', realm: 'a.example', password: 'x' });
  assert.equal(await subscribers.find('bob', 'b.example'), undefined);
  assert.equal(await subscribers.find('Bob', 'a.example'), undefined);
});

test('remove says whether there was one', async () => {
  await subscribers.upsert({ username: 'bob', realm: 'a.example', password: 'x' });
  assert.equal(await subscribers.remove('bob', 'b.example'), false);
  assert.equal(await subscribers.remove('bob', 'a.example'), true);
  assert.equal(await subscribers.find('bob', 'a.example'), undefined);
});

test(`x'or'1'='1 is a name: it finds nobody and may have a password`, async () => {
  await subscribers.upsert({ username: 'bob', realm: 'a.example', password: 'x' });
  assert.equal(await subscribers.find(`x'or'1'='1`, 'a.example'), undefined);
  assert.equal(await subscribers.find('bob', `x'or'1'='1`), undefined);
  assert.equal(await subscribers.find('bob\0', 'a.example'), undefined);
  await subscribers.upsert({ username: `x'or'1'='1`, realm: `';--`, password: `'` });
  assert.match((await subscribers.find(`x'or'1'='1`, `';--`))!.ha1, /^[0-9a-f]{32}$/);
  assert.equal((await database.db('subscriber').pluck('id')).length, 2);
});

test('a colon in a name is refused: a:b with password c would equal a with b:c', async () => {
  await assert.rejects(subscribers.upsert({ username: 'a:b', realm: 'r', password: 'c' }), { code: 'usage' });
  await assert.rejects(subscribers.upsert({ username: 'a', realm: 'r:s', password: 'c' }), { code: 'usage' });
});
