import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../src/base/errors.ts';
import type { Logger } from '../../src/base/logger.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { SupervisedProcess } from '../../src/app/supervised-process.ts';
import { until } from '../jobs/until.ts';
import { isAlive } from './cli-process.ts';
import { behaviour, type Behaviour } from './fixture-role.ts';

const ENTRY = fileURLToPath(new URL('./fixture-role.ts', import.meta.url));
const LIMITS = { firstDelayMs: 10, maxDelayMs: 20, maxDeaths: 3, windowMs: 600_000 };

let started: SupervisedProcess[] = [];

function supervise(first: Behaviour, more: { then?: Behaviour; logger?: Logger } = {}) {
  let next = first;
  const outcome: { givenUp: AppError | undefined } = { givenUp: undefined };
  const one = new SupervisedProcess({
    role: 'sip',
    entry: ENTRY,
    config: () => {
      const now = next;
      next = more.then ?? first;
      return behaviour(now);
    },
    clock: new SystemClock(),
    logger: more.logger ?? silentLogger,
    log: 'stderr',
    onGivenUp: (reason) => (outcome.givenUp = reason),
    limits: LIMITS,
  });
  started.push(one);
  return { one, outcome };
}

describe('a supervised process', () => {
  afterEach(async () => {
    await Promise.all(started.map((one) => one.kill()));
    started = [];
  });

  test('is started with its settings and reports what it has', async () => {
    const { one } = supervise('serve');
    const { sockets } = await one.start();
    assert.equal(sockets[0]?.port, one.pid);
  });

  test('a first start that fails is told with the own words of the process, and not repeated', async () => {
    const { one, outcome } = supervise('refuse');
    await assert.rejects(one.start(), (thrown) => thrown instanceof AppError && thrown.code === 'listen.in-use' && thrown.message === 'the port is taken');
    assert.equal(one.pid, undefined);
    assert.equal(outcome.givenUp, undefined);
  });

  test('one that ends without a word is told with its exit code', async () => {
    await assert.rejects(supervise('die').one.start(), { code: 'process.failed', message: 'The sip process ended with 3' });
  });

  test('is started again when it is killed', async () => {
    const { one, outcome } = supervise('serve');
    await one.start();
    const pid = one.pid!;
    process.kill(pid, 'SIGKILL');
    await until('another process', () => one.pid !== undefined && one.pid !== pid);
    assert.equal(outcome.givenUp, undefined);
  });

  test('one that dies again and again is given up, once, with the last reason', async () => {
    const { one, outcome } = supervise('serve-and-die', { then: 'die' });
    await one.start();
    await until('given up', () => outcome.givenUp !== undefined);
    assert.equal(outcome.givenUp?.code, 'process.failed');
    assert.match(outcome.givenUp!.message, /The sip process ends again and again.*ended with 3/);
    assert.equal(one.pid, undefined);
  });

  test('a stop ends it and it stays ended', async () => {
    const { one } = supervise('serve');
    await one.start();
    const pid = one.pid!;
    await one.stop(60_000);
    assert.equal(isAlive(pid), false);
    assert.equal(one.pid, undefined);
  });

  test('a stop that is not followed ends in a kill after its time', async () => {
    const warned: string[] = [];
    const { one } = supervise('ignore-stop', { logger: { ...silentLogger, warn: (message) => void warned.push(message) } });
    await one.start();
    const pid = one.pid!;
    await one.stop(50);
    assert.equal(isAlive(pid), false);
    assert.deepEqual(warned, ['The sip process does not end in time: it is killed']);
  });

  test('a stop between a death and the restart ends it too', async () => {
    const { one } = supervise('serve');
    await one.start();
    process.kill(one.pid!, 'SIGKILL');
    await until('it is gone', () => one.pid === undefined);
    await one.stop(60_000);
    assert.equal(one.pid, undefined);
  });
});
