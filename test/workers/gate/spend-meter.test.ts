import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import type { Charge } from '../../../src/db/tables/spend.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { SpendMeter } from '../../../src/workers/gate/spend-meter.ts';
import { LogLines } from '../../jobs/log-lines.ts';

function setUp(recordAll: (charges: readonly Charge[]) => Promise<void>) {
  const counters = new Counters();
  const logger = new LogLines();
  const clock = new VirtualClock();
  return { clock, logger, unrecorded: () => counters.all()[0]!.value, meter: new SpendMeter({ table: { recordAll }, clock, logger, counters }) };
}

test('what is called for a message is on its account, also when two are sent at once', async () => {
  const charges: Charge[] = [];
  const { meter } = setUp(async (some) => void charges.push(...some));
  const send = async (call: 'dm-send' | 'reply') => {
    await turn();
    meter.onSpend(call, 1, 10);
  };
  await Promise.all([meter.attribute('a', () => send('dm-send')), meter.attribute('b', () => send('reply')), turn()]);
  meter.onSpend('mention-read', 2, 20);
  await meter.flush();
  assert.deepEqual(charges, [
    { call: 'dm-send', units: 1, micros: 10, ledgerId: 'a' },
    { call: 'reply', units: 1, micros: 10, ledgerId: 'b' },
    { call: 'mention-read', units: 2, micros: 20 },
  ]);
});

test('a database that is away loses charges, which are counted and logged, and the next ones are written', async () => {
  const charges: Charge[] = [];
  let isAway = true;
  const { meter, logger, unrecorded } = setUp(async (some) => {
    if (isAway) throw new Error('ECONNREFUSED');
    charges.push(...some);
  });
  meter.onSpend('reply', 1, 10);
  await meter.flush();
  isAway = false;
  meter.onSpend('reply', 1, 10);
  await meter.flush();
  assert.deepEqual([charges.length, unrecorded(), logger.lines], [1, 1, ['warn A charge of X could not be written down']]);
});

test('at most a thousand charges wait', async () => {
  let letGo!: () => void;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let written = 0;
  const { meter, unrecorded } = setUp(async ({ length }) => {
    await gate;
    written += length;
  });
  for (let index = 0; index < 1_005; index += 1) meter.onSpend('reply', 1, 10);
  letGo();
  await meter.flush();
  assert.deepEqual([written, unrecorded()], [1_000, 5]);
});

test('charges that come while others are written, and a moment after, are written together', async () => {
  const written: number[] = [];
  const { clock, meter } = setUp(async ({ length }) => void written.push(length));
  meter.onSpend('reply', 1, 10);
  await Promise.resolve();
  for (let index = 0; index < 5; index += 1) meter.onSpend('reply', 1, 10);
  await turn();
  meter.onSpend('reply', 1, 10);
  clock.advance(10);
  await meter.flush();
  assert.deepEqual(written, [1, 6]);
});
