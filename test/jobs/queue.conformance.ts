import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { silentLogger } from '../../src/base/logger.ts';
import { DONE, RELEASE, type JobHandler, type JobQueue, type NewJob, type RunningJob } from '../../src/jobs/queue.ts';
import { ResultInbox } from '../../src/jobs/result-inbox.ts';
import type { RetryPolicy } from '../../src/jobs/retry.ts';
import { until } from './until.ts';

const QUICK: RetryPolicy = { attempts: 3, firstDelayMs: 20, factor: 2, maxDelayMs: 100 };
const ONE_AT_A_TIME = { concurrency: 1, retry: QUICK };

let numbers = 0;

function freshQueue(): string {
  numbers += 1;
  return `queue-${process.pid}-${numbers}`;
}

function job(queue: string, id: string, data = `data of ${id}`): NewJob {
  return { queue, id, name: 'test', data };
}

/**
 * What every queue promises, on real time: each implementation runs it. `open` gives a connection
 * of its own to the same backend at each call, or the same object where there is only one.
 */
export function queueConformance(name: string, open: () => JobQueue): void {
  describe(`job queue: ${name}`, () => {
    const opened: JobQueue[] = [];
    const connect = (): JobQueue => {
      const queue = open();
      opened.push(queue);
      return queue;
    };
    const queue = connect();

    after(async () => {
      await Promise.all(opened.map((one) => one.close(0)));
    });

    async function handled(name: string, count: number, handler: JobHandler = async () => DONE): Promise<RunningJob[]> {
      const seen: RunningJob[] = [];
      const worker = queue.process(
        name,
        async (running) => {
          seen.push(running);
          return handler(running);
        },
        ONE_AT_A_TIME,
      );
      await until(`${count} runs`, () => seen.length >= count);
      await worker.close();
      return seen;
    }

    test('a job comes to its worker as it was added', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'missed-call:a84b4c76@pc33', '{"caller":"alice@example.org"}')]);
      assert.deepEqual(await handled(name, 1), [
        { queue: name, id: 'missed-call:a84b4c76@pc33', name: 'test', data: '{"caller":"alice@example.org"}', attempt: 1 },
      ]);
    });

    test('any text is an id, and any text is data', async () => {
      const name = freshQueue();
      const texts = ['0', '0:1', '42', 'a:b', 'a:b:c', 'ä€😀', 'with space', 'nul\0', 'x'.repeat(5000), '{}', '"', '%', '../x'];
      await queue.addBatch(texts.map((text) => job(name, text, text)));
      const seen = await handled(name, texts.length);
      assert.deepEqual(seen.map(({ id }) => id), texts);
      assert.deepEqual(seen.map(({ data }) => data), texts);
    });

    test('half a surrogate pair harms nothing', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'half', 'half \ud83d pair')]);
      const [seen] = await handled(name, 1);
      assert.match(seen!.data, /^half .+ pair$/u);
    });

    test('jobs of a queue run in the order in which they were added', async () => {
      const name = freshQueue();
      const ids = Array.from({ length: 120 }, (_, index) => `n${index}`);
      await queue.addBatch(ids.slice(0, 60).map((id) => job(name, id)));
      await queue.addBatch(ids.slice(60).map((id) => job(name, id)));
      assert.deepEqual((await handled(name, 120)).map(({ id }) => id), ids);
    });

    test('one batch may have jobs of several queues', async () => {
      const [first, second] = [freshQueue(), freshQueue()];
      await queue.addBatch([job(first, 'a'), job(second, 'b'), job(first, 'c')]);
      assert.deepEqual((await handled(first, 2)).map(({ id }) => id), ['a', 'c']);
      assert.deepEqual((await handled(second, 1)).map(({ id }) => id), ['b']);
    });

    test('the same id is one job: in a batch, in a later batch, and after it was completed', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a'), job(name, 'a'), job(name, 'b')]);
      await queue.addBatch([job(name, 'a'), job(name, 'b')]);
      assert.equal((await handled(name, 2)).length, 2);
      await queue.addBatch([job(name, 'a'), job(name, 'c')]);
      assert.deepEqual((await handled(name, 1)).map(({ id }) => id), ['c']);
      assert.deepEqual(await queue.counts(name), { waiting: 0, active: 0, delayed: 0, completed: 3, dead: 0 });
    });

    test('a job with a time is not handed out before it, others pass it, and its id counts from the start', async () => {
      const name = freshQueue();
      const atMs = Date.now() + 400;
      await queue.addBatch([{ ...job(name, 'later'), atMs }, { ...job(name, 'past'), atMs: Date.now() - 60_000 }, job(name, 'now')]);
      await queue.addBatch([job(name, 'later')]);
      let laterAtMs = 0;
      const seen = await handled(name, 3, async ({ id }) => {
        if (id === 'later') laterAtMs = Date.now();
        return DONE;
      });
      assert.deepEqual(seen.map(({ id }) => id), ['past', 'now', 'later']);
      assert.ok(laterAtMs >= atMs - 5, `handed out ${atMs - laterAtMs} ms too early`);
    });

    test('the same id in two queues is two jobs', async () => {
      const [first, second] = [freshQueue(), freshQueue()];
      await queue.addBatch([job(first, 'a'), job(second, 'a')]);
      assert.equal((await handled(first, 1)).length, 1);
      assert.equal((await handled(second, 1)).length, 1);
    });

    test('a handler that throws is called again, each time with the next attempt', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a')]);
      const seen = await handled(name, 3, async ({ attempt }) => {
        if (attempt < 3) throw new Error('503');
        return DONE;
      });
      assert.deepEqual(seen.map(({ attempt }) => attempt), [1, 2, 3]);
      assert.equal((await queue.counts(name)).completed, 1);
    });

    test('after the last attempt the job is a dead letter with the last reason', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a')]);
      await handled(name, 3, async ({ attempt }) => {
        throw new Error(`503 at attempt ${attempt}`);
      });
      const [letter, ...others] = await queue.deadLetters(name, 10);
      assert.deepEqual(others, []);
      const { atMs, ...rest } = letter!;
      assert.deepEqual(rest, { id: 'a', name: 'test', data: 'data of a', reason: '503 at attempt 3', attempts: 3 });
      assert.ok(Math.abs(Date.now() - atMs) < 60_000);
    });

    test('a dead letter by decision needs no further attempt and keeps its reason', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a'), job(name, 'b')]);
      const seen = await handled(name, 2, async ({ id }) => ({ kind: 'dead', reason: `403 for ${id}` }));
      assert.equal(seen.length, 2);
      assert.deepEqual((await queue.deadLetters(name, 10)).map(({ reason }) => reason), ['403 for b', '403 for a']);
      assert.equal((await queue.deadLetters(name, 1)).length, 1);
      assert.equal((await queue.counts(name)).dead, 2);
    });

    test('the id of a dead letter stays taken', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a')]);
      await handled(name, 1, async () => ({ kind: 'dead', reason: 'no such user' }));
      await queue.addBatch([job(name, 'a')]);
      assert.equal((await queue.counts(name)).waiting, 0);
    });

    test('retry-at comes back not before its time, and burns no attempt', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a')]);
      const times: number[] = [];
      let atMs = 0;
      const seen = await handled(name, 5, async () => {
        times.push(Date.now());
        if (times.length === 5) return DONE;
        atMs = Date.now() + 60;
        return { kind: 'retry-at', atMs, reason: '429' };
      });
      assert.deepEqual(seen.map(({ attempt }) => attempt), [1, 1, 1, 1, 1]);
      assert.ok(times[4]! >= atMs, `${times[4]} is before ${atMs}`);
      assert.equal((await queue.counts(name)).completed, 1);
    });

    test('a time for retry-at that has passed means now', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a')]);
      let runs = 0;
      await handled(name, 2, async () => (++runs === 1 ? { kind: 'retry-at', atMs: Date.now() - 5000, reason: '429' } : DONE));
    });

    test('a paused queue keeps what is added and gives nothing out until it is resumed', async () => {
      const name = freshQueue();
      await queue.pause(name);
      assert.equal(await queue.isPaused(name), true);
      const ran: string[] = [];
      const worker = queue.process(name, async ({ id }) => (ran.push(id), DONE), ONE_AT_A_TIME);
      await queue.addBatch([job(name, 'a')]);
      // Another queue's job, added later and run, shows that the worker of this one had its chance.
      const other = freshQueue();
      await queue.addBatch([job(other, 'b')]);
      await handled(other, 1);
      assert.deepEqual(ran, []);
      assert.equal((await queue.counts(name)).waiting, 1);
      await queue.resume(name);
      assert.equal(await queue.isPaused(name), false);
      await until('the job ran', () => ran.length === 1);
      await worker.close();
    });

    test('a handler may pause its queue and release its job: it runs after resume, with no attempt burnt', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a'), job(name, 'b')]);
      const seen: string[] = [];
      const worker = queue.process(
        name,
        async ({ id, attempt }) => {
          seen.push(`${id} ${attempt}`);
          if (seen.length > 1) return DONE;
          await queue.pause(name);
          return RELEASE;
        },
        ONE_AT_A_TIME,
      );
      await until('the job went back', async () => {
        const { waiting, active } = await queue.counts(name);
        return seen.length === 1 && waiting === 2 && active === 0;
      });
      await queue.resume(name);
      await until('both ran', () => seen.length === 3);
      await worker.close();
      assert.deepEqual(seen.sort(), ['a 1', 'a 1', 'b 1']);
    });

    test('no more than `concurrency` jobs run at once', async () => {
      const name = freshQueue();
      await queue.addBatch(Array.from({ length: 9 }, (_, index) => job(name, `n${index}`)));
      let most = 0;
      let now = 0;
      let done = 0;
      const handler: JobHandler = async () => {
        now += 1;
        most = Math.max(most, now);
        if (done < 6) await until('three at once', () => now === 3 || done > 0);
        now -= 1;
        done += 1;
        return DONE;
      };
      const worker = queue.process(name, handler, { concurrency: 3, retry: QUICK });
      await until('all ran', () => done === 9);
      await worker.close();
      assert.equal(most, 3);
    });

    test('closing a worker lets the running job end and starts no other', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a'), job(name, 'b')]);
      let finish: (() => void) | undefined;
      const ended: string[] = [];
      const worker = queue.process(
        name,
        async ({ id }) => {
          await new Promise<void>((resolve) => (finish = resolve));
          ended.push(id);
          return DONE;
        },
        ONE_AT_A_TIME,
      );
      await until('the job runs', () => finish !== undefined);
      let closed = false;
      const closing = worker.close().then(() => (closed = true));
      await queue.counts(name);
      assert.equal(closed, false);
      finish!();
      await closing;
      assert.deepEqual(ended, ['a']);
      const { waiting, active, completed } = await queue.counts(name);
      assert.deepEqual({ waiting, active, completed }, { waiting: 1, active: 0, completed: 1 });
    });

    test('closing a worker does not wait longer than its grace', async () => {
      const name = freshQueue();
      await queue.addBatch([job(name, 'a')]);
      let finish: (() => void) | undefined;
      const handler: JobHandler = () => new Promise((resolve) => (finish = () => resolve(DONE)));
      const worker = queue.process(name, handler, ONE_AT_A_TIME);
      await until('the job runs', () => finish !== undefined);
      const startMs = performance.now();
      await worker.close(50);
      assert.ok(performance.now() - startMs < 3000);
      finish!();
    });

    test('health answers', async () => {
      await queue.health();
    });

    describe('result inbox', () => {
      const inboxOf = (name: string, prefetch?: number): ResultInbox =>
        new ResultInbox({ source: queue, queue: name, logger: silentLogger, ...(prefetch === undefined ? {} : { prefetch }) });

      test('take gives results in order and nothing when there is none', async () => {
        const name = freshQueue();
        const inbox = inboxOf(name);
        assert.equal(inbox.take(), undefined);
        await queue.addBatch([job(name, 'a', '1'), job(name, 'b', '2')]);
        await until('both are here', () => inbox.size === 2);
        assert.deepEqual(inbox.take(), { key: 'a', value: '1' });
        assert.deepEqual(inbox.take(), { key: 'b', value: '2' });
        assert.equal(inbox.take(), undefined);
        assert.equal((await queue.counts(name)).completed, 0);
        await nextTurn();
        assert.equal(inbox.take(), undefined);
        await until('both are completed', async () => (await queue.counts(name)).completed === 2);
        await inbox.close();
      });

      test('no more than `prefetch` results are held; the rest follows as they are taken', async () => {
        const name = freshQueue();
        const inbox = inboxOf(name, 4);
        const ids = Array.from({ length: 10 }, (_, index) => `n${index}`);
        await queue.addBatch(ids.map((id) => job(name, id)));
        await until('four are here', () => inbox.size === 4);
        const counts = await queue.counts(name);
        assert.deepEqual([counts.active, counts.waiting, inbox.size], [4, 6, 4]);
        const taken: string[] = [];
        await until('all were taken', () => {
          const item = inbox.take();
          if (item !== undefined) taken.push(item.key);
          return taken.length === 10 && item === undefined;
        });
        assert.deepEqual([...taken].sort(), ids);
        await inbox.close();
      });

      test('a result is completed by a take in a later turn, not by its own', async () => {
        const name = freshQueue();
        const inbox = inboxOf(name);
        await queue.addBatch([job(name, 'a')]);
        await until('it is here', () => inbox.take() !== undefined);
        assert.deepEqual((await queue.counts(name)).active, 1);
        await nextTurn();
        assert.equal(inbox.take(), undefined);
        await until('it is completed', async () => (await queue.counts(name)).completed === 1);
        await inbox.close();
      });

      test('closing completes what was taken and gives the rest back', async () => {
        const name = freshQueue();
        const inbox = inboxOf(name);
        await queue.addBatch([job(name, 'a'), job(name, 'b'), job(name, 'c')]);
        await until('all are here', () => inbox.size === 3);
        assert.equal(inbox.take()?.key, 'a');
        await inbox.close();
        const { waiting, active, completed } = await queue.counts(name);
        assert.deepEqual({ waiting, active, completed }, { waiting: 2, active: 0, completed: 1 });
        assert.deepEqual((await handled(name, 2)).map(({ id }) => id).sort(), ['b', 'c']);
      });
    });
  });
}
