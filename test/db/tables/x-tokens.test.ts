import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { silentLogger } from '../../../src/base/logger.ts';
import { openDatabase } from '../../../src/db/connection.ts';
import { XTokensTable, type RefreshOutcome, type TokenPair } from '../../../src/db/tables/x-tokens.ts';
import { newTokenKey, TokenCipher } from '../../../src/db/token-cipher.ts';
import { withDatabase } from '../embedded-database.ts';

const { db, url } = await withDatabase();
const KEY = newTokenKey();
const cipher = new TokenCipher([KEY]);
const HOUR_MS = 3_600_000;

/** X as far as refresh tokens go: each is taken once, and a second use of one is refused. */
class Rotation {
  readonly taken: string[] = [];
  #current = 'refresh-0';
  #count = 0;

  readonly refresh = async (token: string): Promise<RefreshOutcome> => {
    this.taken.push(token);
    // Others get their turn while the row is locked.
    await new Promise((resolve) => setImmediate(resolve));
    if (token !== this.#current) return { ok: false, refused: true, reason: 'X answered invalid_request: Value passed for the token was invalid.' };
    this.#count += 1;
    this.#current = `refresh-${this.#count}`;
    return { ok: true, tokens: pair(`access-${this.#count}`, this.#current) };
  };
}

function pair(accessToken: string, refreshToken: string | undefined, expiresInMs = 2 * HOUR_MS): TokenPair {
  return { accessToken, refreshToken, scope: ['tweet.read', 'users.read', 'offline.access'], expiresInMs };
}

const never = async (): Promise<RefreshOutcome> => assert.fail('X was asked');
const save = (tokens: TokenPair) => new XTokensTable({ db, cipher, refresh: never }).save({ xUserId: '7', sipUser: 'bob', tokens });

beforeEach(() => db('x_tokens').delete());

test('neither token stands in the table as it is', async () => {
  await save(pair('access-0', 'refresh-0'));
  const { rows } = await db.raw<{ rows: { a: string; r: string }[] }>(`select encode(access_token, 'escape') a, encode(refresh_token, 'escape') r from x_tokens`);
  assert.ok(!rows[0]!.a.includes('access-0') && !rows[0]!.r.includes('refresh-0'));
});

test('a token that is good is handed out without asking X', async () => {
  await save(pair('access-0', 'refresh-0'));
  assert.deepEqual(await new XTokensTable({ db, cipher, refresh: never }).fresh('7'), { ok: true, accessToken: 'access-0' });
  assert.deepEqual(await new XTokensTable({ db, cipher, refresh: never }).fresh('8'), { ok: false, why: 'none' });
});

test('one that ends within the margin is renewed, and the new pair is in the table before it is handed out', async () => {
  await save(pair('access-0', 'refresh-0', 30_000));
  const x = new Rotation();
  assert.deepEqual(await new XTokensTable({ db, cipher, refresh: x.refresh }).fresh('7'), { ok: true, accessToken: 'access-1' });
  const row = await db('x_tokens').first();
  assert.deepEqual([cipher.decrypt(row.access_token, 'access:7'), cipher.decrypt(row.refresh_token, 'refresh:7')], ['access-1', 'refresh-1']);
  assert.equal(row.sipuser, 'bob');
  assert.ok(row.expires_at.getTime() > Date.now() + HOUR_MS);
});

test('two processes that need it at once renew it once', async () => {
  await save(pair('access-0', 'refresh-0', 0));
  const x = new Rotation();
  const other = openDatabase({ url, applicationName: 'the other process', logger: silentLogger });
  try {
    const tables = [db, other].map((pool) => new XTokensTable({ db: pool, cipher, refresh: x.refresh }));
    const tokens = await Promise.all([...tables, ...tables, ...tables].map((table) => table.fresh('7')));
    assert.deepEqual(tokens, Array.from({ length: 6 }, () => ({ ok: true, accessToken: 'access-1' })));
    assert.deepEqual(x.taken, ['refresh-0']);
  } finally {
    await other.destroy();
  }
});

test('a refresh token that X refuses ends the sign-in: the tokens are gone, and it is said why', async () => {
  await save(pair('access-0', 'used-before', 0));
  const table = new XTokensTable({ db, cipher, refresh: new Rotation().refresh });
  const refused = await table.fresh('7');
  assert.deepEqual(refused, { ok: false, why: 'ended', reason: 'X answered invalid_request: Value passed for the token was invalid.' });
  assert.deepEqual(await table.fresh('7'), { ok: false, why: 'none' });
});

test('while X does not answer the tokens are kept', async () => {
  await save(pair('access-0', 'refresh-0', 0));
  const silent = new XTokensTable({ db, cipher, refresh: async () => ({ ok: false, refused: false, reason: 'X did not answer in time' }) });
  assert.deepEqual(await silent.fresh('7'), { ok: false, why: 'unavailable', reason: 'X did not answer in time' });
  const broken = new XTokensTable({ db, cipher, refresh: () => Promise.reject(new Error('unforeseen')) });
  assert.deepEqual(await broken.fresh('7'), { ok: false, why: 'unavailable', reason: 'unforeseen' });
  assert.equal((await new XTokensTable({ db, cipher, refresh: new Rotation().refresh }).fresh('7')).ok, true);
});

test('an access token that has ended, with nothing to renew it, is gone', async () => {
  await save(pair('access-0', undefined, 0));
  const ended = await new XTokensTable({ db, cipher, refresh: never }).fresh('7');
  assert.equal(ended.ok === false && ended.why, 'ended');
  assert.equal((await db('x_tokens')).length, 0);
});

test('with another key nothing can be read, and nothing is deleted', async () => {
  await save(pair('access-0', 'refresh-0'));
  const stranger = new XTokensTable({ db, cipher: new TokenCipher([newTokenKey()]), refresh: never });
  const outcome = await stranger.fresh('7');
  assert.ok(!outcome.ok && outcome.why === 'unavailable' && /console\.tokenKey/.test(outcome.reason));
  assert.equal((await db('x_tokens')).length, 1);
});

test('a row that was copied to another account does not open there', async () => {
  await save(pair('access-0', 'refresh-0'));
  await db.raw(`insert into x_tokens select '8', 'mallory', access_token, refresh_token, scope, expires_at, updated_at from x_tokens`);
  assert.equal((await new XTokensTable({ db, cipher, refresh: never }).fresh('8')).ok, false);
});

test('a second sign-in replaces the first, remove forgets', async () => {
  await save(pair('access-0', 'refresh-0'));
  await save(pair('access-9', 'refresh-9'));
  const table = new XTokensTable({ db, cipher, refresh: never });
  assert.deepEqual(await table.fresh('7'), { ok: true, accessToken: 'access-9' });
  assert.deepEqual([await table.remove('7'), await table.remove('7')], [true, false]);
});
