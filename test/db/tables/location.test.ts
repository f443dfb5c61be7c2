import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { LocationTable } from '../../../src/db/tables/location.ts';
import { locationStoreConformance, sampleBinding } from '../../registrar/location-store.conformance.ts';
import { withDatabase } from '../embedded-database.ts';

const database = await withDatabase();

async function emptyTable(counters = new Counters()): Promise<LocationTable> {
  await database.db('location').delete();
  return new LocationTable(database.db, silentLogger, counters);
}

locationStoreConformance('LocationTable', () => emptyTable());

test('a row reads as Kamailio would write it: UTC times without zone, q as a fraction, signed flags', async () => {
  const table = await emptyTable();
  const binding = sampleBinding({ expiresAtMs: Date.UTC(2026, 2, 29, 1, 30, 0), flags: 0xffff_ffff, domain: '' });
  await table.applyBatch([{ op: 'put', binding }]);
  const row = await database.db('location').first(database.db.raw('expires::text, q::text, flags, domain, methods'));
  assert.deepEqual({ ...row }, { expires: '2026-03-29 01:30:00', q: '0.7', flags: -1, domain: null, methods: 5951 });
});

test('the time zone of the database session changes no time', async () => {
  const table = await emptyTable();
  await database.db.transaction(async (trx) => {
    await trx.raw(`set local time zone 'Pacific/Kiritimati'`);
    const inZone = new LocationTable(trx, silentLogger, new Counters());
    await inZone.applyBatch([{ op: 'put', binding: sampleBinding() }]);
  });
  for await (const batch of table.loadAll()) assert.deepEqual(batch, [sampleBinding()]);
});

test('a batch that fails leaves nothing behind', async () => {
  const table = await emptyTable();
  await table.applyBatch([{ op: 'put', binding: sampleBinding({ ruid: 'kept' }) }]);
  const broken = sampleBinding({ ruid: 'broken', cseq: 2 ** 31 });
  await assert.rejects(
    table.applyBatch([
      { op: 'remove', ruid: 'kept' },
      { op: 'put', binding: sampleBinding({ ruid: 'new' }) },
      { op: 'put', binding: broken },
    ]),
  );
  assert.deepEqual(await database.db('location').pluck('ruid'), ['kept']);
});

test('a binding that cannot be stored is counted', async () => {
  const counters = new Counters();
  const table = await emptyTable(counters);
  await table.applyBatch([{ op: 'put', binding: sampleBinding({ contact: 'x'.repeat(513) }) }]);
  assert.equal(counters.define('location.unstorable', '').value, 1);
});
