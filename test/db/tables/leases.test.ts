import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { LeasesTable } from '../../../src/db/tables/leases.ts';
import { withDatabase } from '../embedded-database.ts';

const { db } = await withDatabase();
const leases = new LeasesTable(db);

beforeEach(async () => {
  await db('leases').delete();
});

const runOut = () => db.raw(`update leases set until = now() - interval '1 ms'`);

test('of twenty processes that come at once one gets the lease', async () => {
  const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => leases.acquire('reader', `p${n}`, 60_000)));
  assert.equal(taken.filter(Boolean).length, 1);
  assert.equal(await leases.holder('reader'), `p${taken.indexOf(true)}`);
});

test('its holder renews it, nobody else gets it before it has run out', async () => {
  assert.equal(await leases.acquire('reader', 'a', 60_000), true);
  assert.equal(await leases.acquire('reader', 'b', 60_000), false);
  assert.equal(await leases.acquire('reader', 'a', 60_000), true);
  await runOut();
  assert.equal(await leases.holder('reader'), undefined);
  assert.equal(await leases.acquire('reader', 'b', 60_000), true);
  assert.equal(await leases.acquire('reader', 'a', 60_000), false);
});

test('the end of a lease is that of the database\'s clock', async () => {
  await leases.acquire('reader', 'a', 30_000);
  const { rows } = await db.raw<{ rows: { left: string }[] }>('select extract(epoch from until - clock_timestamp()) as left from leases');
  assert.ok(Number(rows[0]!.left) > 28 && Number(rows[0]!.left) <= 30);
});

test('release frees it for the next at once, and is nothing for who does not hold it', async () => {
  await leases.acquire('reader', 'a', 60_000);
  await leases.release('reader', 'b');
  assert.equal(await leases.holder('reader'), 'a');
  await leases.release('reader', 'a');
  assert.equal(await leases.acquire('reader', 'b', 60_000), true);
});

test('leases of different names are independent', async () => {
  assert.equal(await leases.acquire('reader', 'a', 60_000), true);
  assert.equal(await leases.acquire('sweep', 'b', 60_000), true);
});
