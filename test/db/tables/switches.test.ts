import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SwitchesTable } from '../../../src/db/tables/switches.ts';
import { withDatabase } from '../embedded-database.ts';

const { db } = await withDatabase();
const switches = new SwitchesTable(db);

test('a switch that nobody touched is on', async () => {
  assert.deepEqual(await switches.find('x'), { off: false, reason: undefined, changedAt: undefined });
});

test('off with a reason, off with another, on again', async () => {
  await switches.set('x', true, 'somebody plays');
  const off = await switches.find('x');
  assert.deepEqual([off.off, off.reason, off.changedAt instanceof Date], [true, 'somebody plays', true]);
  await switches.set('x', true);
  assert.deepEqual([(await switches.find('x')).off, (await switches.find('x')).reason], [true, undefined]);
  await switches.set('x', false);
  assert.equal((await switches.find('x')).off, false);
  assert.equal((await switches.find('other')).off, false);
});
