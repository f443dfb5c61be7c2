/** Two SIP processes and two workers on one database: what was asked for once happens once, whoever does it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { CallsTable } from '../../src/db/tables/calls.ts';
import { connectBullmq } from '../../src/jobs/bullmq/bullmq-queue.ts';
import { secondAlarmJob } from '../../src/workers/alarm-jobs.ts';
import { CliProcess } from '../app/cli-process.ts';
import { withBackends } from './backends.ts';
import { Scene, type Ending } from './scene.ts';

const TALKED: Ending = { state: 'ended', caller: 1, callee: 1 };
const JOBS = 8;

const backends = await withBackends();

describe('two of each kind', { concurrency: true }, () => {
  for (const { name, redis, url, db } of backends) {
    test(`queue on ${name}`, async (t) => {
      const scene = await Scene.start(t, { databaseUrl: url, db, redisUrl: redis?.url });
      const couples = [];
      for (let index = 0; index < 7; index += 1) couples.push(await scene.couple(`pair${index}`));
      const [raced, scheduled, ...others] = couples;

      // The phones are registered by now: the second SIP process reads the table when it starts.
      const folder = await mkdtemp(join(tmpdir(), 'sipweet-e2e-'));
      t.after(() => rm(folder, { recursive: true, force: true }));
      const second = (['sip', 'worker'] as const).map((role) => {
        const process = new CliProcess([role, ...scene.further.flags], { cwd: folder, env: scene.further.env });
        t.after(async () => {
          process.kill('SIGKILL');
          await process.ended;
        });
        return process;
      });
      await Promise.all(second.map((one) => one.said(/process is ready/, 'stdout')));

      await t.test('a row whose job comes many times at once, to both SIP processes, is one call', async () => {
        const queue = connectBullmq({ redisUrl: redis?.url, databaseUrl: url, clock: new SystemClock(), logger: silentLogger });
        t.after(() => queue.close(0));
        const id = 'call:test';
        await new CallsTable(db).plan({ id, kind: 'call', sipUser: raced!.user, target: 'sip:pair02@example.com', targetName: '@pair02', targetSipUser: 'pair02', expiresAtMs: Date.now() + 60_000 });
        await queue.addBatch(Array.from({ length: JOBS }, (_, index) => secondAlarmJob({ job: 'sip-command', verb: 'call', id }, String(index))));
        await raced!.goTo('ended');
        await raced!.ended(TALKED);
      });

      await t.test('posts are answered once and ring once, schedules too', async () => {
        await scheduled!.ask('in 1 minute');
        const first = others.slice(0, 3);
        await Promise.all(first.map((couple) => couple.ask()));
        await Promise.all([...first, scheduled!].map((couple) => couple.goTo('ended')));
        await scene.quiet();
        for (const couple of [...first, scheduled!]) await couple.ended(TALKED);
      });

      await t.test('when one of each is killed, the others go on', async () => {
        for (const one of second) one.kill('SIGKILL');
        const last = others.slice(3);
        await Promise.all(last.map((couple) => couple.ask()));
        await Promise.all(last.map((couple) => couple.goTo('ended')));
        await scene.quiet();
        for (const couple of last) await couple.ended(TALKED);
      });
    });
  }
});
