import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { silentLogger } from '../../../src/base/logger.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { LeaseHolder } from '../../../src/workers/reader/lease-holder.ts';

const TTL_MS = 30_000;

/** Leases by a clock that everybody shares. `answers: false` makes every question hang. */
class MemoryLeases {
  answers = true;
  failing = false;
  asked = 0;
  holder: string | undefined;
  #untilMs = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  async acquire(_name: string, holder: string, ttlMs: number): Promise<boolean> {
    this.asked += 1;
    if (this.failing) throw new Error('the database is switched off');
    if (!this.answers) return new Promise(() => undefined);
    if (this.holder !== undefined && this.holder !== holder && this.#untilMs > this.#clock.now()) return false;
    this.holder = holder;
    this.#untilMs = this.#clock.now() + ttlMs;
    return true;
  }

  async release(_name: string, holder: string): Promise<void> {
    if (this.holder === holder) this.holder = undefined;
  }
}

function setUp() {
  const clock = new VirtualClock();
  const leases = new MemoryLeases(clock);
  const events: string[] = [];
  const process = (holder: string) =>
    new LeaseHolder({
      leases,
      name: 'x-reader',
      holder,
      ttlMs: TTL_MS,
      clock,
      logger: silentLogger,
      onGained: () => events.push(`${holder} gained`),
      onLost: () => events.push(`${holder} lost`),
    });
  /** Lets time pass in steps, with the answers of the database in between. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 1000) {
      clock.advance(Math.min(left, 1000));
      await setImmediate();
    }
  };
  return { clock, leases, events, process, pass };
}

test('the first process gets the lease and keeps it by renewing it; the second waits', async () => {
  const { events, process, pass, leases } = setUp();
  const [a, b] = [process('a'), process('b')];
  a.start();
  b.start();
  await setImmediate();
  await pass(10 * TTL_MS);
  assert.deepEqual(events, ['a gained']);
  assert.deepEqual([a.isHeld, b.isHeld], [true, false]);
  // Three questions a life, of each.
  assert.equal(leases.asked, 2 * 31);
});

test('a process that stops gives the lease back, and the next one has it soon', async () => {
  const { events, process, pass } = setUp();
  const [a, b] = [process('a'), process('b')];
  a.start();
  b.start();
  await pass(5_000);
  await a.stop();
  assert.deepEqual(events, ['a gained', 'a lost']);
  await pass(TTL_MS / 3);
  assert.deepEqual(events, ['a gained', 'a lost', 'b gained']);
});

test('a process that gets no answer stops before the lease is over for the others', async () => {
  const { events, process, pass, leases } = setUp();
  const [a, b] = [process('a'), process('b')];
  a.start();
  await pass(1_000);
  leases.failing = true;
  await pass(TTL_MS);
  assert.deepEqual(events, ['a gained', 'a lost']);
  assert.equal(a.isHeld, false);
  leases.failing = false;
  b.start();
  await pass(1_000);
  assert.deepEqual(events.at(-1), 'b gained');
});

test('a question that hangs loses the lease in time as well', async () => {
  const { events, process, pass, leases } = setUp();
  const a = process('a');
  a.start();
  await pass(1_000);
  leases.answers = false;
  await pass(TTL_MS - 2_000);
  assert.deepEqual(events, ['a gained']);
  await pass(1_000);
  assert.deepEqual(events, ['a gained', 'a lost']);
});

test('when another has taken it over it is lost at the next question, and got back when that one is gone', async () => {
  const { events, process, pass, leases } = setUp();
  const a = process('a');
  a.start();
  await pass(1_000);
  leases.holder = 'b';
  await pass(TTL_MS / 3);
  assert.deepEqual(events, ['a gained', 'a lost']);
  leases.holder = undefined;
  await pass(TTL_MS / 3);
  assert.deepEqual(events, ['a gained', 'a lost', 'a gained']);
});

test('a stop while the question is under way leaves no lease behind', async () => {
  const { events, process, leases, clock } = setUp();
  const a = process('a');
  a.start();
  await a.stop();
  assert.deepEqual(events, []);
  assert.equal(leases.holder, undefined);
  assert.equal(clock.armed, 0);
});
