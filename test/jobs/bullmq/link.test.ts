import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackendLink } from '../../../src/jobs/bullmq/link.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { LogLines } from '../log-lines.ts';

/** A link whose backend answers each question with the next of `answers`, and for ever with the last. */
function connect(...answers: ('ok' | 'away')[]) {
  const clock = new VirtualClock();
  const log = new LogLines();
  let asked = 0;
  const ping = async (): Promise<void> => {
    asked += 1;
    if (answers[Math.min(asked, answers.length) - 1] === 'away') throw new Error('connection refused');
  };
  const link = new BackendLink({ target: 'postgres', ping, clock, logger: log });
  /** Lets questions be answered, and `ms` pass. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed <= ms; passed += 100) {
      await new Promise((resolve) => setImmediate(resolve));
      if (passed < ms) clock.advance(100);
    }
  };
  return { link, log, pass, asked: () => asked };
}

test('a backend that does not answer is told of once, and its return once', async () => {
  const { link, log, pass } = connect('away', 'away', 'away', 'ok');
  for (let error = 0; error < 5; error += 1) {
    link.suspect(new Error('one connection has ended'));
    await pass(900);
  }
  assert.deepEqual(log.lines, ['error The queue backend does not answer', 'info The queue backend answers again']);
});

test('an error while the backend answers is told of when it answers a second time too, with what was wrong', async () => {
  const { link, log, pass, asked } = connect('ok');
  link.suspect(new Error('one connection has ended'));
  await pass(900);
  assert.deepEqual([log.lines, asked()], [[], 1]);
  await pass(200);
  assert.deepEqual([log.lines, asked()], [['warn The queue backend reports an error'], 2]);
});

test('a backend that goes down, where one connection fails and another is still answered, is only lost', async () => {
  const { link, log, pass } = connect('ok', 'away');
  link.suspect(new Error('one connection has ended'));
  await pass(2_000);
  assert.deepEqual(log.lines, ['error The queue backend does not answer']);
});

test('errors of a backend that answers are told of every ten seconds at most', async () => {
  const { link, log, pass } = connect('ok');
  for (let second = 0; second < 15; second += 1) {
    link.suspect(new Error('a job has no lock'));
    await pass(1_000);
  }
  assert.equal(log.lines.length, 2);
});

test('closed, it says nothing more and asks no more', async () => {
  const { link, log, pass, asked } = connect('away');
  link.suspect(new Error('one connection has ended'));
  await pass(0);
  link.close();
  await pass(5_000);
  assert.deepEqual([log.lines, asked()], [['error The queue backend does not answer'], 1]);
});
