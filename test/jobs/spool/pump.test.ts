import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { NewJob } from '../../../src/jobs/queue.ts';
import { FileSpool } from '../../../src/jobs/spool/file-spool.ts';
import { MemorySpool } from '../../../src/jobs/spool/memory-spool.ts';
import { SpoolPump } from '../../../src/jobs/spool/pump.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { LogLines } from '../log-lines.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Bench {
  readonly spool: MemorySpool;
  readonly pump: SpoolPump;
  readonly queue: MemoryQueue;
  readonly clock: VirtualClock;
  readonly log: LogLines;
}

function bench(): Bench {
  const clock = new VirtualClock();
  const counters = new Counters();
  const log = new LogLines();
  const queue = new MemoryQueue(clock);
  const spool = new MemorySpool({ clock, counters, logger: silentLogger });
  const pump = new SpoolPump({ spool, sink: queue, clock, counters, logger: log });
  return { spool, pump, queue, clock, log };
}

/** Lets promises that need no time and no I/O come to rest. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function ids(batches: readonly (readonly NewJob[])[]): string[] {
  return batches.flat().map(({ id }) => id);
}

test('events are handed over in order, in batches of at most 100, with their ids', async () => {
  const { spool, pump, queue } = bench();
  for (let n = 0; n < 250; n += 1) spool.append('q', `n${n}`, `v${n}`);
  pump.start();
  assert.equal(await pump.flushed(), true);
  assert.deepEqual(queue.added.map((batch) => batch.length), [100, 100, 50]);
  assert.deepEqual(ids(queue.added), Array.from({ length: 250 }, (_, n) => `q:n${n}`));
  assert.deepEqual(queue.added[0]![0], { queue: 'q', id: 'q:n0', name: 'q', data: 'v0' });
});

test('an event appended later is handed over without being asked for', async () => {
  const { spool, pump, queue } = bench();
  pump.start();
  await settle();
  spool.append('q', 'a', '');
  assert.equal(await pump.flushed(), true);
  assert.deepEqual(ids(queue.added), ['q:a']);
});

test('one event goes at once; those that come meanwhile go together, a moment later', async () => {
  const { spool, pump, queue, clock } = bench();
  const { addBatch } = queue;
  let isFirst = true;
  queue.addBatch = async (jobs) => {
    if (isFirst) for (const key of ['b', 'c']) spool.append('q', key, '');
    isFirst = false;
    return addBatch.call(queue, jobs);
  };
  pump.start();
  spool.append('q', 'a', '');
  await settle();
  spool.append('q', 'd', '');
  await settle();
  assert.deepEqual(queue.added.map((batch) => ids([batch])), [['q:a']]);
  clock.advance(10);
  assert.equal(await pump.flushed(), true);
  assert.deepEqual(queue.added.map((batch) => ids([batch])), [['q:a'], ['q:b', 'q:c', 'q:d']]);
});

test('the same key twice is the same job', async () => {
  const { spool, pump, queue } = bench();
  pump.start();
  spool.append('q', 'a', 'first');
  spool.append('q', 'a', 'second');
  await pump.flushed();
  assert.equal((await queue.counts('q')).waiting, 1);
});

test('while the queue is away it rests longer and longer, up to 5 s, and logs one line; then all is handed over', async () => {
  const { spool, pump, queue, clock, log } = bench();
  let tries = 0;
  const addBatch = queue.addBatch.bind(queue);
  queue.addBatch = (jobs) => {
    tries += 1;
    return addBatch(jobs);
  };
  queue.down = true;
  pump.start();
  spool.append('q', 'n0', '');
  await settle();
  const rests: number[] = [];
  for (let rest = 0; rest < 8; rest += 1) {
    const before = tries;
    const startMs = clock.monotonicMs();
    while (tries === before) {
      clock.advance(50);
      await settle();
    }
    rests.push(clock.monotonicMs() - startMs);
    spool.append('q', `n${rest + 1}`, '');
    await settle();
  }
  assert.deepEqual(rests, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  assert.deepEqual(log.lines, ['warn The queue does not take events; they wait in the spool']);
  queue.down = false;
  clock.advance(5000);
  assert.equal(await pump.flushed(), true);
  assert.deepEqual(ids(queue.added), [0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => `q:n${n}`));
  assert.equal(log.lines[1], 'info The queue takes events again');
});

test('a batch whose answer was lost is handed over again, and is one job each', async () => {
  const { spool, pump, queue, clock } = bench();
  const addBatch = queue.addBatch.bind(queue);
  let answers = 0;
  queue.addBatch = async (jobs) => {
    await addBatch(jobs);
    answers += 1;
    if (answers === 1) throw new Error('connection lost');
  };
  pump.start();
  for (const key of ['a', 'b', 'c']) spool.append('q', key, '');
  await settle();
  clock.advance(100);
  assert.equal(await pump.flushed(), true);
  assert.ok(ids(queue.added).length > 3);
  assert.equal((await queue.counts('q')).waiting, 3);
});

test('close waits for the batch under way, starts no other, and leaves the rest in the spool', async () => {
  const { spool, pump, queue } = bench();
  const addBatch = queue.addBatch.bind(queue);
  let release = (): void => {};
  queue.addBatch = async (jobs) => {
    await new Promise<void>((resolve) => (release = resolve));
    await addBatch(jobs);
  };
  for (let n = 0; n < 150; n += 1) spool.append('q', `n${n}`, '');
  pump.start();
  await settle();
  const flushed = pump.flushed();
  let closed = false;
  const closing = pump.close().then(() => (closed = true));
  await settle();
  assert.equal(closed, false);
  release();
  await closing;
  assert.equal(await flushed, false);
  assert.deepEqual([ids(queue.added).length, spool.pending()], [100, 50]);
});

test('close during a rest ends at once', async () => {
  const { spool, pump, queue, clock } = bench();
  queue.down = true;
  pump.start();
  spool.append('q', 'a', '');
  await settle();
  await pump.close();
  assert.equal(clock.armed, 0);
  assert.equal(await pump.flushed(), false);
});

async function fileRun(context: TestContext, folder: string, queue: MemoryQueue): Promise<{ spool: FileSpool; pump: SpoolPump; clock: VirtualClock }> {
  const options = { clock: new VirtualClock(), counters: new Counters(), logger: silentLogger };
  const spool = await FileSpool.open({ folder, ...options, maxInMemory: 20 });
  const pump = new SpoolPump({ spool, sink: queue, ...options });
  context.after(async () => {
    await pump.close();
    await spool.close();
  });
  return { spool, pump, clock: options.clock };
}

test('what a run could not hand over, the next one hands over first', async (context) => {
  const folder = await temporaryFolder(context);
  const queue = new MemoryQueue(new VirtualClock());
  queue.down = true;
  const first = await fileRun(context, folder, queue);
  first.pump.start();
  for (let n = 0; n < 200; n += 1) first.spool.append('q', `n${n}`, '');
  await first.pump.close();
  await first.spool.close();

  queue.down = false;
  const second = await fileRun(context, folder, queue);
  second.spool.append('q', 'n200', '');
  second.pump.start();
  let isFlushed = false;
  void second.pump.flushed().then((all) => (isFlushed = all));
  while (!isFlushed) {
    await settle();
    second.clock.advance(10);
  }
  assert.deepEqual(ids(queue.added), Array.from({ length: 201 }, (_, n) => `q:n${n}`));
});
