import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { LedgerTable } from '../../../src/db/tables/ledger.ts';
import { SpendTable } from '../../../src/db/tables/spend.ts';
import { withDatabase } from '../embedded-database.ts';

const { db } = await withDatabase();
const spend = new SpendTable(db);

beforeEach(() => db('spend').delete());

/** The last moment of the day before, and of the month before, in UTC and by the database's clock. */
const BEFORE = { day: `date_trunc('day', now() at time zone 'UTC') at time zone 'UTC'`, month: `date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'` };

async function chargeBefore(span: keyof typeof BEFORE, micros: number): Promise<void> {
  await db.raw(`insert into spend (at, call, units, micros) values (${BEFORE[span]} - interval '1 millisecond', 'reply', 1, ?)`, [micros]);
}

test('nothing spent is 0, and the day and the month end at midnight UTC', async () => {
  const { dayMicros, monthMicros, dayEndsAt, monthEndsAt } = await spend.totals();
  assert.deepEqual([dayMicros, monthMicros], [0, 0]);
  assert.ok(dayEndsAt.getTime() > Date.now() && dayEndsAt.getTime() <= Date.now() + 86_400_000);
  assert.equal(dayEndsAt.toISOString().slice(10), 'T00:00:00.000Z');
  assert.equal(monthEndsAt.toISOString().slice(7), '-01T00:00:00.000Z');
});

test('what was spent is added up for the day and the month, together and by call', async () => {
  await spend.record({ call: 'dm-send', units: 1, micros: 15_000 });
  await spend.record({ call: 'dm-send', units: 1, micros: 15_000 });
  await spend.record({ call: 'mention-read', units: 20, micros: 100_000 });
  await chargeBefore('month', 7_000_000);
  const { dayMicros, monthMicros } = await spend.totals();
  assert.deepEqual([dayMicros, monthMicros], [130_000, 130_000]);
  assert.deepEqual(await spend.byCall(), [
    { call: 'mention-read', dayUnits: 20, dayMicros: 100_000, monthUnits: 20, monthMicros: 100_000 },
    { call: 'dm-send', dayUnits: 2, dayMicros: 30_000, monthUnits: 2, monthMicros: 30_000 },
  ]);
});

test('what was spent yesterday is not of today, also when it is another month', async () => {
  await chargeBefore('day', 40_000);
  const { dayMicros, monthMicros } = await spend.totals();
  assert.equal(dayMicros, 0);
  const { rows } = await db.raw<{ rows: { first: boolean }[] }>(`select extract(day from now() at time zone 'UTC') = 1 as first`);
  assert.equal(monthMicros, rows[0]!.first ? 0 : 40_000);
});

test('a charge is on the account of its message', async () => {
  await new LedgerTable(db).plan({ id: 'm', kind: 'answer', recipient: '1', content: 'x' });
  await spend.record({ call: 'dm-send', units: 1, micros: 15_000, ledgerId: 'm' });
  await spend.record({ call: 'dm-read', units: 3, micros: 30_000, ledgerId: 'm' });
  await spend.record({ call: 'dm-send', units: 1, micros: 15_000, ledgerId: 'nobody' });
  const row = await db('ledger').where({ id: 'm' }).first<{ cost_micros: string }>();
  assert.equal(row?.cost_micros, '45000');
  assert.equal((await spend.totals()).dayMicros, 60_000);
});
