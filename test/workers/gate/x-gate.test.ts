import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Totals } from '../../../src/db/tables/spend.ts';
import type { Switch } from '../../../src/db/tables/switches.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { Budget, type BudgetLimits } from '../../../src/workers/gate/budget.ts';
import { PacedX, type XSending } from '../../../src/workers/delivery/paced-x.ts';
import { SwitchAndBudget } from '../../../src/workers/gate/x-gate.ts';
import { XSwitch } from '../../../src/workers/gate/x-switch.ts';
import { LogLines } from '../../jobs/log-lines.ts';

const USD = 1_000_000;

function setUp(limits: BudgetLimits = { dailyMicros: 10 * USD, monthlyMicros: 100 * USD }) {
  const clock = new VirtualClock(Date.UTC(2026, 10, 27, 12));
  const logger = new LogLines();
  const state = {
    reads: 0,
    off: { off: false, reason: undefined, changedAt: undefined } as Switch,
    totals: { dayMicros: 0, monthMicros: 0, dayEndsAt: new Date(Date.UTC(2026, 10, 28)), monthEndsAt: new Date(Date.UTC(2026, 11, 1)) } as Totals,
    away: undefined as Error | undefined,
  };
  const read = <Value>(value: () => Value) => {
    state.reads += 1;
    return state.away === undefined ? Promise.resolve(value()) : Promise.reject(state.away);
  };
  const xSwitch = new XSwitch({ find: () => read(() => state.off) }, clock);
  const budget = new Budget({ table: { totals: () => read(() => state.totals) }, limits, clock, logger });
  const gate = new SwitchAndBudget({ xSwitch, budget, clock });
  return { clock, logger, state, xSwitch, budget, gate };
}

const off = (reason?: string): Switch => ({ off: true, reason, changedAt: new Date(0) });

test('switched off: nothing goes, the farewell neither, and soon it is asked again', async () => {
  const { clock, state, gate } = setUp();
  state.off = off('somebody plays');
  for (const essential of [false, true]) {
    assert.deepEqual(await gate.held({ essential }), { untilMs: clock.now() + 30_000, reason: 'an operator has switched X off: somebody plays' });
  }
});

test('the switch is obeyed within five seconds in both directions, and read no more often', async () => {
  const { clock, state, xSwitch } = setUp();
  assert.equal(await xSwitch.isOff(), false);
  state.off = off();
  clock.advance(4_999);
  await Promise.all(Array.from({ length: 50 }, () => xSwitch.isOff()));
  assert.equal(state.reads, 1);
  clock.advance(1);
  assert.deepEqual(await Promise.all(Array.from({ length: 50 }, () => xSwitch.isOff())), Array(50).fill(true));
  assert.equal(state.reads, 2);
  state.off = { ...off(), off: false };
  clock.advance(5_000);
  assert.equal(await xSwitch.isOff(), false);
});

test('a switch that cannot be read lets nothing through', async () => {
  const { state, gate } = setUp();
  state.away = new Error('ECONNREFUSED');
  await assert.rejects(gate.held(), { message: 'ECONNREFUSED' });
});

test('80 % of a budget is one line in the log, 100 % another and a hold, again on the next day', async () => {
  const { clock, logger, state, gate } = setUp();
  const spend = (dayMicros: number) => {
    state.totals = { ...state.totals, dayMicros };
    clock.advance(2_000);
  };
  spend(7.9 * USD);
  assert.equal(await gate.held(), undefined);
  assert.deepEqual(logger.lines, []);
  for (const usd of [8, 9, 9.99]) {
    spend(usd * USD);
    assert.equal(await gate.held(), undefined);
  }
  assert.deepEqual(logger.lines, ['warn Most of the budget of X is spent']);
  spend(10 * USD);
  const hold = (await gate.held())!;
  assert.equal(hold.reason, 'the budget of this day is spent, until 2026-11-28T00:00:00.000Z');
  assert.equal(hold.untilMs, clock.now() + 30_000, 'who raises it need not wait for the day');
  await gate.held();
  assert.deepEqual(logger.lines.slice(1), ['error The budget of X is spent: messages wait']);
  assert.equal(await gate.held({ essential: true }), undefined);

  state.totals = { ...state.totals, dayMicros: 8 * USD, dayEndsAt: new Date(Date.UTC(2026, 10, 29)) };
  clock.advance(2_000);
  assert.equal(await gate.held(), undefined);
  assert.equal(logger.lines.length, 3);
});

test('near the end of the day the hold ends with it', async () => {
  const { clock, state, gate } = setUp();
  state.totals = { ...state.totals, dayMicros: 10 * USD, dayEndsAt: new Date(clock.now() + 1_000) };
  assert.equal((await gate.held())?.untilMs, clock.now() + 1_000);
});

test('a month has its budget too', async () => {
  const { state, gate } = setUp();
  state.totals = { ...state.totals, monthMicros: 100 * USD };
  assert.equal((await gate.held())?.reason, 'the budget of this month is spent, until 2026-12-01T00:00:00.000Z');
});

test('without limits nothing is read', async () => {
  const { state, budget } = setUp({ dailyMicros: undefined, monthlyMicros: undefined });
  assert.equal(await budget.spentUntil(), undefined);
  assert.equal(state.reads, 0);
});

test('behind the gate no call reaches X, of whatever kind', async () => {
  const { clock, state, gate } = setUp();
  const calls: string[] = [];
  const x: XSending = {
    findUserByName: async () => (calls.push('lookup'), undefined),
    sendDirectMessage: async () => (calls.push('send'), { eventId: '1', conversationId: '1-2' }),
    findDirectMessages: async () => (calls.push('list'), []),
    reply: async () => (calls.push('reply'), { postId: '1' }),
  };
  const paced = new PacedX(x, clock, gate);
  const all = () => [
    paced.findUserByName('bob'),
    paced.sendDirectMessage({ recipientId: '1', text: 'x' }),
    paced.findDirectMessages({ participantId: '1', sinceMs: 0, limit: 1 }),
    paced.reply({ text: 'x', toPostId: '1' }),
  ];
  state.off = off();
  for (const call of all()) await assert.rejects(call, { class: 'rate-limited', retryAtMs: clock.now() + 30_000 });
  assert.deepEqual(calls, []);
  state.off = { ...off(), off: false };
  clock.advance(5_000);
  await Promise.all(all());
  assert.deepEqual(calls.sort(), ['list', 'lookup', 'reply', 'send']);
});
