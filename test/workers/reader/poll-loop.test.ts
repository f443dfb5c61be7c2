import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Counters } from '../../../src/base/counters.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { PollLoop } from '../../../src/workers/reader/poll-loop.ts';
import { readerCounters } from '../../../src/workers/reader/reader-counters.ts';
import { READER_TIMINGS } from '../../../src/workers/reader/timings.ts';
import { XFailure, type XFailureClass } from '../../../src/x/port.ts';
import { recordingLogger } from '../../x/sandbox.ts';

const INTERVAL_MS = 30_000;

function setUp() {
  const clock = new VirtualClock();
  const counters = readerCounters(new Counters());
  const { logger, lines } = recordingLogger();
  const state = { polls: 0, next: (): Promise<boolean> => Promise.resolve(true) };
  const loop = new PollLoop({
    name: 'mentions',
    intervalMs: INTERVAL_MS,
    poll: () => {
      state.polls += 1;
      return state.next();
    },
    timings: READER_TIMINGS,
    clock,
    logger,
    counters,
  });
  /** How long it rests until the next poll, in seconds. */
  const rest = async () => {
    await setImmediate();
    const before = state.polls;
    let seconds = 0;
    while (state.polls === before && seconds < 100_000) {
      clock.advance(1000);
      seconds += 1;
    }
    return seconds;
  };
  const failing = (failureClass: XFailureClass, retryAtMs?: number) => {
    state.next = () => Promise.reject(new XFailure(failureClass, 'no', retryAtMs === undefined ? {} : { retryAtMs }));
  };
  return { clock, state, loop, lines, counters, rest, failing };
}

test('polls at once and then at every interval', async () => {
  const { loop, rest, state } = setUp();
  loop.start();
  assert.equal(state.polls, 1);
  assert.deepEqual([await rest(), await rest()], [30, 30]);
});

test('a rate limit is waited for until X said', async () => {
  const { loop, rest, failing, clock, state, counters } = setUp();
  failing('rate-limited', clock.now() + 700_000);
  loop.start();
  assert.equal(await rest(), 700);
  state.next = () => Promise.resolve(true);
  await setImmediate();
  assert.equal(counters.waits.value, 2);
});

test('while X is away the rests grow to five minutes, with one line in the log and one at the end', async () => {
  const { loop, rest, failing, state, lines } = setUp();
  failing('unavailable');
  loop.start();
  assert.deepEqual([await rest(), await rest(), await rest(), await rest(), await rest(), await rest()], [30, 60, 120, 240, 300, 300]);
  state.next = () => Promise.resolve(true);
  assert.equal(await rest(), 300);
  assert.equal(await rest(), 30);
  assert.deepEqual(lines.map((line) => (JSON.parse(line) as { level: string }).level), ['warn', 'info']);
});

for (const failureClass of ['payment', 'unauthorized', 'refused', 'invalid'] as const) {
  test(`${failureClass}: only an operator can help, so it pauses for 15 minutes and says so each time`, async () => {
    const { loop, rest, failing, lines, counters } = setUp();
    failing(failureClass);
    loop.start();
    assert.deepEqual([await rest(), await rest()], [900, 900]);
    assert.match(lines[0]!, /"error".*X does not let us read/);
    // The third poll has begun at the end of the second rest.
    assert.equal(counters.pauses.value, 3);
    assert.equal(lines.length, 3);
  });
}

test('when the database is away it tries again in ten seconds', async () => {
  const { loop, rest, state, counters } = setUp();
  state.next = () => Promise.reject(new Error('the database is switched off'));
  loop.start();
  assert.equal(await rest(), 10);
  assert.equal(counters.failures.value, 2);
});

test('stop waits for the poll that runs, and nothing begins after it', async () => {
  const { loop, state, clock } = setUp();
  let finish = (_value: boolean) => {};
  state.next = () => new Promise((resolve) => (finish = resolve));
  loop.start();
  let isStopped = false;
  const stopped = loop.stop().then(() => (isStopped = true));
  await setImmediate();
  assert.equal(isStopped, false);
  finish(true);
  await stopped;
  clock.advance(3_600_000);
  assert.equal(state.polls, 1);
  assert.equal(clock.armed, 0);
});
