/** How a running service ends, and how a second one fails to start beside it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { startEmulator } from '../../src/x/emulator/server.ts';
import { descendantsOf, isAlive } from '../app/cli-process.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { until } from '../jobs/until.ts';
import { withBackends } from './backends.ts';
import { HeldAnswers } from './held-answers.ts';
import { LOOPBACK, onX, Stack } from './stack.ts';

const backends = await withBackends();
const spare = await withDatabase({ migrated: false });

describe('the end of a service', { concurrency: true }, () => {
  for (const { name, redis, url, db } of backends) {
    test(`queue on ${name}: SIGTERM while a message is being sent: it is sent and recorded, and no process is left`, async (t) => {
      const emulator = await startEmulator({ clock: new SystemClock(), logger: silentLogger, apiPort: 0, controlPort: 0, limitsEnabled: false });
      t.after(() => emulator.close());
      const slowX = await HeldAnswers.before(Number(new URL(emulator.apiUrl).port));
      t.after(() => slowX.close());
      const env = { X_API_BASE: `http://${LOOPBACK}:${slowX.port}` };
      const stack = await Stack.start(t, { databaseUrl: url, db, redisUrl: redis?.url, env, controlUrl: emulator.controlUrl });
      for (const user of ['alice', 'bob']) await stack.addUser(user);
      const alice = await stack.registeredPhone('alice');
      const processes = [stack.service.pid, ...(await descendantsOf(stack.service.pid)).map(({ pid }) => pid)];
      const worker = await stack.pidOf('worker');
      const sip = await stack.pidOf('sip');

      slowX.hold('POST');
      const call = alice.call('sip:bob@example.com');
      assert.equal(await call.ended, 480);
      await until('X has the message, and its answer is held', () => slowX.held > 0);
      assert.deepEqual(await stack.deliveries(), [{ callId: call.callId, ledger: 'sending', result: null }]);

      const startMs = performance.now();
      const ended = stack.stop();
      await until('SIP has ended', () => !isAlive(sip));
      assert.ok(isAlive(worker), 'the worker waits for the answer of X');
      slowX.release();
      assert.deepEqual([(await ended).code, (await ended).signal], [0, null]);
      assert.ok(performance.now() - startMs < 30_000);

      assert.equal((await stack.deliveries())[0]?.ledger, 'done');
      assert.equal((await stack.sandbox.inbox(onX('bob'))).length, 1);
      // What compiles the sources for the tests ends a moment after the process that it works for.
      await until('no process is left', () => !processes.some(isAlive), 5_000);
      assert.doesNotMatch(stack.service.stdout, /"level":"error"/);
    });
  }

  test('SIGTERM to every process at once, as systemd sends it: they end in the same order, and nothing is started again', async (t) => {
    const stack = await Stack.start(t, { databaseUrl: spare.url, db: spare.db });
    for (const role of ['worker', 'sip'] as const) process.kill(await stack.pidOf(role), 'SIGTERM');
    const { code, stdout } = await stack.stop();
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /started again|"level":"error"/);
  });
});
