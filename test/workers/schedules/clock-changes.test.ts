/** What people write, over the changes of the clocks of their zone: from the words to what happened, on the real tables, on a clock that jumps from job to job. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Clock } from '../../../src/base/clock.ts';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { Transactions } from '../../../src/db/transactions.ts';
import { scheduleDue } from '../../../src/jobs/contract/schedule-due.ts';
import type { NewJob } from '../../../src/jobs/queue.ts';
import { ourGrammar } from '../../../src/workers/commands/our-grammar.ts';
import { ScheduleWorker } from '../../../src/workers/schedules/schedule-worker.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { policyOf } from '../commands/fixtures.ts';
import { CommandStage, emptied } from '../commands/stage.ts';

const { db } = await withDatabase();
const DAY_MS = 86_400_000;

beforeEach(() => emptied(db));

/** Somebody in a zone, at a time. */
async function open(zone: string, now: string) {
  const stage = new CommandStage(db, { grammar: ourGrammar, nowMs: Date.parse(now) });
  await stage.addUser('bob', '7', { time_zone: zone });
  await stage.addUser('alice', '8');
  // A year of milliseconds is long even for a clock that is none: this one jumps, and has no timers.
  let nowMs = stage.clock.now();
  const clock: Clock = { now: () => nowMs, monotonicMs: () => nowMs, arm() {}, disarm() {} };
  const added: NewJob[] = [];
  const queue = { process: stage.queue.process.bind(stage.queue), addBatch: async (jobs: readonly NewJob[]) => void added.push(...jobs) };
  const worker = new ScheduleWorker({ queue, transactions: new Transactions(db), grammar: ourGrammar, policy: policyOf(), clock, logger: silentLogger, counters: new Counters(), concurrency: 1, stopMs: 0 });

  return {
    stage,
    /** Goes from alarm to alarm until that time; comes to each a moment early first. Gives the times at which something happened. */
    async until(end: string): Promise<readonly number[]> {
      const times: number[] = [];
      added.push(...stage.queue.added.flat());
      for (;;) {
        const job = added.splice(0).filter((one) => one.queue === scheduleDue.name).at(-1);
        if (job === undefined || job.atMs! > Date.parse(end)) return times;
        nowMs = job.atMs! - 1;
        assert.equal((await worker.handle(job)).kind, 'retry-at');
        nowMs += 1;
        assert.deepEqual(await worker.handle(job), { kind: 'done' });
        times.push(nowMs);
      }
    },
  };
}

/** What a clock on the wall of that zone shows, by Intl alone: `2026-03-29 03:30`. */
function shown(atMs: number, zone: string): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(atMs).map(({ type, value }) => [type, value]),
  );
  return `${parts['year']}-${parts['month']}-${parts['day']} ${parts['hour']}:${parts['minute']}`;
}

/** Zones that change in every way there is: by an hour, by half of one, at midnight, round Ramadan, and in none of these. */
const YEARS = [
  ['Europe/Berlin', '9am', '09:00', 0],
  ['Europe/Berlin', '2:30am', '02:30', 1],
  ['America/New_York', '2:30am', '02:30', 1],
  ['Australia/Lord_Howe', '2:15am', '02:15', 1],
  ['Africa/Casablanca', '2:30am', '02:30', 1],
  ['America/Santiago', '12:30am', '00:30', 1],
  ['Africa/Cairo', '12:15am', '00:15', 1],
  ['Pacific/Apia', '9am', '09:00', 0],
] as const;

for (const [zone, words, clock, gaps] of YEARS) {
  test(`${zone}: every day at ${words} through 2026 comes once a day at that time, and behind it where the clocks leave it out`, async () => {
    const { stage, until } = await open(zone, '2026-01-01T12:00:00Z');
    assert.match((await stage.say('7', `remind me every day at ${words} to stretch`))!, /^Reminder 1: stretch, every day, next /);
    const times = (await until('2027-01-01T12:00:00Z')).map((atMs) => shown(atMs, zone));

    const late = times.filter((time) => time.slice(11) !== clock);
    assert.equal(late.length, gaps, JSON.stringify(late));
    for (const time of late) assert.ok(time.slice(11) > clock, time);
    const dates = times.map((time) => time.slice(0, 10));
    const first = Date.parse(dates[0]!);
    assert.deepEqual(dates, dates.map((_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10)));
    assert.ok(dates.length >= 364, `${dates.length} days`);
    assert.equal((await db('schedule_runs').where({ state: 'fired' })).length, dates.length);
    assert.equal((await db('ledger').where({ kind: 'reminder' })).length, dates.length);
  });
}

for (const [rule, zone, now, words, told, at] of [
  ['left out', 'Europe/Berlin', '2026-03-28T12:00:00+01:00', 'tomorrow at 2:30am', /03:30/, '2026-03-29T01:30:00.000Z'],
  ['left out, by half an hour', 'Australia/Lord_Howe', '2026-10-03T12:00:00+10:30', 'tomorrow at 2:15am', /02:45/, '2026-10-03T15:45:00.000Z'],
  ['left out, at midnight', 'America/Santiago', '2026-09-05T12:00:00-04:00', 'tomorrow at 12:30am', /01:30/, '2026-09-06T04:30:00.000Z'],
  ['there twice', 'Europe/Berlin', '2026-10-24T12:00:00+02:00', 'tomorrow at 2:30am', /02:30/, '2026-10-25T00:30:00.000Z'],
  ['there twice', 'America/New_York', '2026-10-31T12:00:00-04:00', 'tomorrow at 1:30am', /01:30/, '2026-11-01T05:30:00.000Z'],
] as const) {
  test(`${zone}: "call alice ${words}" when that time is ${rule}: told beforehand, and one call`, async () => {
    const { stage, until } = await open(zone, now);
    assert.match((await stage.say('7', `call alice ${words}`))!, told);
    const times = await until('2027-01-01T00:00:00Z');
    assert.deepEqual(times.map((atMs) => new Date(atMs).toISOString()), [at]);
    assert.equal((await db('calls')).length, 1);
  });
}
