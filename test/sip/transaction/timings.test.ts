import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRetransmitTimer, type TimerName } from '../../../src/sip/transaction/port.ts';
import { RFC_TIMINGS, transactionTimings } from '../../../src/sip/transaction/timings.ts';

describe('§17 durations of the transactions', () => {
  test('RFC 3261 Table 4: the defaults are T1 500 ms, T2 4 s, T4 5 s, D 32 s, 64*T1 32 s', () => {
    assert.deepEqual(
      { ...RFC_TIMINGS, timerCMs: undefined },
      { t1Ms: 500, t2Ms: 4000, t4Ms: 5000, timerCMs: undefined, timerDMs: 32_000, timeoutMs: 32_000 },
    );
  });

  test('§16.6 step 11 timer C MUST be larger than three minutes', () => {
    assert.ok(RFC_TIMINGS.timerCMs > 180_000);
  });

  test('what is given replaces its default, and 64*T1 follows T1', () => {
    const timings = transactionTimings({ t1Ms: 100, t4Ms: 2_000 });
    assert.equal(timings.timeoutMs, 6_400);
    assert.equal(timings.t4Ms, 2_000);
    assert.equal(timings.t2Ms, 4_000);
  });

  test('§17.1.1.2 timer D is at least 32 s, and as long as the peer may repeat its failure', () => {
    assert.equal(transactionTimings({ t1Ms: 100 }).timerDMs, 32_000);
    assert.equal(transactionTimings({ t1Ms: 1_000 }).timerDMs, 64_000);
    assert.equal(transactionTimings({ timerDMs: 50 }).timerDMs, 50);
  });

  test('timings are frozen: a machine cannot change them for another', () => {
    assert.ok(Object.isFrozen(RFC_TIMINGS));
    assert.ok(Object.isFrozen(transactionTimings({ t1Ms: 100 })));
  });

  test('A, E and G repeat messages, every other timer ends a wait', () => {
    const names: TimerName[] = ['A', 'B', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M'];
    assert.deepEqual(names.filter(isRetransmitTimer), ['A', 'E', 'G']);
  });
});
