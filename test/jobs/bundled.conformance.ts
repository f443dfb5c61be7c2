import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { DONE, RELEASE, type JobHandler, type JobQueue, type NewJob, type RunningJob } from '../../src/jobs/queue.ts';
import type { RetryPolicy } from '../../src/jobs/retry.ts';
import { until } from './until.ts';

const QUICK: RetryPolicy = { attempts: 2, firstDelayMs: 20, factor: 2, maxDelayMs: 100 };
const ONE_AT_A_TIME = { concurrency: 1, retry: QUICK };

let numbers = 0;

/** What `AddOptions.bundled` promises, on real time. */
export function bundledConformance(name: string, open: () => JobQueue): void {
  describe(`bundled jobs: ${name}`, () => {
    const queue = open();
    after(() => queue.close(0));

    async function bundle(...ids: string[]): Promise<string> {
      numbers += 1;
      const queueName = `bundled-${process.pid}-${numbers}`;
      await queue.addBatch(ids.map((id) => job(queueName, id)), { bundled: true });
      return queueName;
    }

    async function handled(queueName: string, count: number, handler: JobHandler = async () => DONE): Promise<RunningJob[]> {
      const seen: RunningJob[] = [];
      const worker = queue.process(queueName, async (running) => (seen.push(running), handler(running)), ONE_AT_A_TIME);
      await until(`${count} runs`, () => seen.length >= count);
      await worker.close();
      assert.equal(seen.length, count);
      return seen;
    }

    test('each comes to its worker as if it had been added by itself, in order, however many there are', async () => {
      const ids = ['nul\0', 'ä€😀', ...Array.from({ length: 118 }, (_, index) => `n${index}`)];
      const queueName = await bundle(...ids);
      const seen = await handled(queueName, 120);
      assert.deepEqual(seen.map(({ id }) => id), ids);
      assert.deepEqual(seen[119], { queue: queueName, id: 'n117', name: 'test', data: 'data of n117', attempt: 1 });
    });

    test('added again with the same neighbours, or alone, an id is the same job', async () => {
      const queueName = await bundle('a', 'b');
      await queue.addBatch([job(queueName, 'a'), job(queueName, 'b')], { bundled: true });
      await queue.addBatch([job(queueName, 'c')], { bundled: true });
      await queue.addBatch([job(queueName, 'c')]);
      assert.deepEqual((await handled(queueName, 3)).map(({ id }) => id), ['a', 'b', 'c']);
    });

    test('one with a time comes at its time', async () => {
      const queueName = await bundle('a');
      const atMs = Date.now() + 300;
      await queue.addBatch([{ ...job(queueName, 'late'), atMs }, job(queueName, 'b'), job(queueName, 'c')], { bundled: true });
      const times = new Map<string, number>();
      await handled(queueName, 4, async ({ id }) => (times.set(id, Date.now()), DONE));
      assert.deepEqual([...times.keys()], ['a', 'b', 'c', 'late']);
      assert.ok(times.get('late')! >= atMs - 5);
    });

    test('only what fails comes again, with its next attempt, and behind the last it is a dead letter', async () => {
      const queueName = await bundle('good', 'shaky', 'bad', 'fine');
      const seen = await handled(queueName, 6, async ({ id, attempt }) => {
        if (id === 'bad' || (id === 'shaky' && attempt === 1)) throw new Error(`503 at attempt ${attempt}`);
        return DONE;
      });
      assert.deepEqual(seen.slice(0, 4).map(({ id }) => id), ['good', 'shaky', 'bad', 'fine']);
      assert.deepEqual(seen.slice(4).map(({ id, attempt }) => `${id} ${attempt}`).sort(), ['bad 2', 'shaky 2']);
      const [letter, ...others] = await queue.deadLetters(queueName, 10);
      assert.deepEqual(others, []);
      const { atMs: _, ...rest } = letter!;
      assert.deepEqual(rest, { id: 'bad', name: 'test', data: 'data of bad', reason: '503 at attempt 2', attempts: 2 });
    });

    test('a dead letter by decision is not tried again; what is put off comes at its time and burns no attempt', async () => {
      const queueName = await bundle('refused', 'waits', 'done');
      let atMs = 0;
      const seen = await handled(queueName, 4, async ({ id }) => {
        if (id === 'refused') return { kind: 'dead', reason: 'not a job' };
        if (id !== 'waits' || atMs !== 0) return DONE;
        atMs = Date.now() + 60;
        return { kind: 'retry-at', atMs, reason: '429' };
      });
      assert.deepEqual(seen.map(({ id, attempt }) => `${id} ${attempt}`), ['refused 1', 'waits 1', 'done 1', 'waits 1']);
      assert.ok(Date.now() >= atMs);
      await until('the dead letter is there', async () => (await queue.deadLetters(queueName, 10)).length === 1);
      const [letter] = await queue.deadLetters(queueName, 10);
      assert.deepEqual([letter?.id, letter?.reason], ['refused', 'not a job']);
    });

    test('who pauses the queue and releases his job is not given the rest of the bundle before it goes on', async () => {
      const queueName = await bundle('a', 'b', 'c');
      const seen: string[] = [];
      const worker = queue.process(
        queueName,
        async ({ id, attempt }) => {
          seen.push(`${id} ${attempt}`);
          if (seen.length > 1) return DONE;
          await queue.pause(queueName);
          return RELEASE;
        },
        ONE_AT_A_TIME,
      );
      await until('all went back', async () => {
        const { waiting, active } = await queue.counts(queueName);
        return seen.length === 1 && waiting === 3 && active === 0;
      });
      await queue.resume(queueName);
      await until('all ran', () => seen.length === 4);
      await worker.close();
      assert.deepEqual(seen.slice(1).sort(), ['a 1', 'b 1', 'c 1']);
    });

    test('no more than `concurrency` of them run at once', async () => {
      const queueName = await bundle(...Array.from({ length: 30 }, (_, index) => `n${index}`));
      let [now, most, done] = [0, 0, 0];
      const handler: JobHandler = async () => {
        most = Math.max(most, (now += 1));
        await until('three at once, or the last ones', () => most === 3 || done > 0);
        now -= 1;
        done += 1;
        return DONE;
      };
      const worker = queue.process(queueName, handler, { concurrency: 3, retry: QUICK });
      await until('all ran', () => done === 30);
      await worker.close();
      assert.equal(most, 3);
    });

    test('closing lets the running one end and gives the others back', async () => {
      const queueName = await bundle('a', 'b', 'c');
      let finish: (() => void) | undefined;
      const handler: JobHandler = () => new Promise((resolve) => (finish = () => resolve(DONE)));
      const worker = queue.process(queueName, handler, ONE_AT_A_TIME);
      await until('the first runs', () => finish !== undefined);
      const closing = worker.close();
      finish!();
      await closing;
      assert.deepEqual((await handled(queueName, 2)).map(({ id }) => id).sort(), ['b', 'c']);
    });
  });
}

function job(queue: string, id: string): NewJob {
  return { queue, id, name: 'test', data: `data of ${id}` };
}
