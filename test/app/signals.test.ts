import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { followSignals } from '../../src/app/signals.ts';

describe('signals', () => {
  test('the first SIGTERM or SIGINT stops, the second at once; SIGHUP reloads, SIGUSR2 shows the counters; afterwards nothing of it is left', () => {
    const before = (['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const).map((name) => process.listenerCount(name));
    const asked: string[] = [];
    const unfollow = followSignals({
      stop: () => asked.push('stop'),
      stopNow: () => asked.push('now'),
      reload: () => asked.push('reload'),
      logCounters: () => asked.push('counters'),
    });
    process.emit('SIGHUP');
    process.emit('SIGUSR2');
    process.emit('SIGTERM');
    process.emit('SIGHUP');
    process.emit('SIGINT');
    assert.deepEqual(asked, ['reload', 'counters', 'stop', 'reload', 'now']);
    unfollow();
    assert.deepEqual((['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const).map((name) => process.listenerCount(name)), before);
  });
});
