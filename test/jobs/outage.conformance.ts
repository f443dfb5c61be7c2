import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Counters } from '../../src/base/counters.ts';
import { AppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { connectBullmq, type BullmqOptions } from '../../src/jobs/bullmq/bullmq-queue.ts';
import { DONE, type JobQueue } from '../../src/jobs/queue.ts';
import { ResultInbox } from '../../src/jobs/result-inbox.ts';
import type { RetryPolicy } from '../../src/jobs/retry.ts';
import { FileSpool } from '../../src/jobs/spool/file-spool.ts';
import { SpoolPump } from '../../src/jobs/spool/pump.ts';
import { LogLines } from './log-lines.ts';
import { until } from './until.ts';

/** A backend of BullMQ that a test may take away. It is up at first. */
export interface FragileBackend {
  readonly name: string;
  readonly urls: Pick<BullmqOptions, 'redisUrl' | 'databaseUrl'>;
  down(): Promise<void>;
  up(): Promise<void>;
}

const OUTAGE_MS = 1_500;
const RETRY: RetryPolicy = { attempts: 3, firstDelayMs: 20, factor: 2, maxDelayMs: 100 };

function isUnreachable(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === 'jobs.unreachable';
}

/** What holds while the server of a backend is away, comes back, or a process that uses it is killed. */
export function outageConformance(backend: FragileBackend): void {
  describe(`outages: ${backend.name}`, () => {
    const clock = new SystemClock();
    const opened: JobQueue[] = [];
    const connect = (logger = silentLogger, lockMs?: number): JobQueue => {
      const queue = connectBullmq({ ...backend.urls, clock, logger, ...(lockMs === undefined ? {} : { lockMs }) });
      opened.push(queue);
      return queue;
    };
    after(async () => {
      await Promise.all(opened.map((queue) => queue.close(0)));
    });

    test('200 events of an outage arrive after it, each once; the log has one line for the loss and one for the return', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sipweet-spool-'));
      const counters = new Counters();
      const log = new LogLines();
      const queue = connect(log);
      const spool = await FileSpool.open({ folder, clock, counters, logger: silentLogger });
      const pump = new SpoolPump({ spool, sink: queue, clock, counters, logger: silentLogger });
      const ran: string[] = [];
      const worker = queue.process('missed-call', async ({ id }) => (ran.push(id), DONE), { concurrency: 4, retry: RETRY });
      pump.start();
      spool.append('missed-call', 'before', '{}');
      await until('the queue works', () => ran.length === 1);

      await backend.down();
      for (let call = 0; call < 200; call += 1) {
        assert.equal(spool.append('missed-call', `call-${call}`, '{}'), true);
        await pause(OUTAGE_MS / 200);
      }
      assert.equal(ran.length, 1);
      assert.equal(spool.pending('missed-call'), 200);
      await backend.up();

      assert.equal(await pump.flushed(), true);
      await until('all ran', () => ran.length >= 201);
      await until('all are noted as completed', async () => {
        const { waiting, active, delayed, completed } = await queue.counts('missed-call');
        return completed > 0 && waiting + active + delayed === 0;
      });
      assert.equal(new Set(ran).size, 201);
      assert.equal(ran.length, 201);
      await until('the return is logged', () => log.lines.some((line) => line.startsWith('info')));
      assert.deepEqual(log.lines, ['error The queue backend does not answer', 'info The queue backend answers again']);
      await worker.close();
      await pump.close();
      await spool.close();
      await rm(folder, { recursive: true });
    });

    test('while the backend is away, calls and health reject soon, and close ends', async () => {
      const queue = connect();
      await queue.addBatch([{ queue: 'used', id: 'a', name: 'test', data: '' }]);
      const idle = queue.process('idle', async () => DONE, { concurrency: 1, retry: RETRY });
      await backend.down();
      const startMs = performance.now();
      await assert.rejects(queue.health(), isUnreachable);
      await assert.rejects(queue.addBatch([{ queue: 'used', id: 'b', name: 'test', data: '' }]), isUnreachable);
      await assert.rejects(queue.addBatch([{ queue: 'unused', id: 'b', name: 'test', data: '' }]), isUnreachable);
      await assert.rejects(queue.counts('used'), isUnreachable);
      assert.ok(performance.now() - startMs < 8_000);
      const closingMs = performance.now();
      await idle.close();
      await queue.close();
      assert.ok(performance.now() - closingMs < 8_000, `closing took ${performance.now() - closingMs} ms`);
      await backend.up();
    });

    test('a worker started during an outage takes jobs after it', async () => {
      await backend.down();
      const queue = connect();
      const ran: string[] = [];
      const worker = queue.process('early', async ({ id }) => (ran.push(id), DONE), { concurrency: 1, retry: RETRY });
      await assert.rejects(queue.health(), isUnreachable);
      await backend.up();
      await until('the queue takes the job', () =>
        queue.addBatch([{ queue: 'early', id: 'a', name: 'test', data: '' }]).then(() => true, () => false),
      );
      await until('the job ran', () => ran.length === 1);
      await worker.close();
    });

    test('results that a killed node had fetched ahead, or was dealing with, come to the next one', async () => {
      const queue = connect();
      const ids = ['a', 'b', 'c'];
      await queue.addBatch(ids.map((id) => ({ queue: 'results', id, name: 'test', data: `of ${id}` })));
      const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'inbox-process.ts')], {
        env: { ...process.env, INBOX: JSON.stringify({ ...backend.urls, queue: 'results', count: 3 }) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      assert.equal(said.toString().trim(), 'took a, holds 2');
      assert.equal((await queue.counts('results')).active, 3);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;

      const inbox = new ResultInbox({ source: connect(silentLogger, 500), queue: 'results', logger: silentLogger });
      const taken = new Map<string, string>();
      await until('all came', () => {
        const item = inbox.take();
        if (item !== undefined) {
          assert.equal(taken.has(item.key), false);
          taken.set(item.key, item.value);
        }
        return taken.size === 3 && item === undefined;
      });
      assert.deepEqual([...taken].sort(), ids.map((id) => [id, `of ${id}`]));
      await until('all are completed', async () => (await queue.counts('results')).completed === 3);
      await inbox.close();
    });
  });
}
