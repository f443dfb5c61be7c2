import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { AppError } from '../../../src/base/errors.ts';
import { FileSpool, type FileSpoolOptions } from '../../../src/jobs/spool/file-spool.ts';
import { MAX_RECORD_BYTES, type SpoolRecord } from '../../../src/jobs/spool/spool.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { LogLines } from '../log-lines.ts';
import { countOnDisk, segments } from './records-on-disk.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Opened {
  readonly spool: FileSpool;
  readonly log: LogLines;
  readonly clock: VirtualClock;
  readonly counters: Counters;
}

async function openSpool(context: TestContext, folder: string, options: Partial<FileSpoolOptions> = {}): Promise<Opened> {
  const log = new LogLines();
  const clock = new VirtualClock();
  const counters = new Counters();
  const spool = await FileSpool.open({ folder, clock, counters, logger: log, ...options });
  context.after(() => spool.close());
  return { spool, log, clock, counters };
}

/** The records that are given when so many stand on disk, in all of the segments. */
async function recordsOnDisk(spool: FileSpool, folder: string, count: number): Promise<readonly SpoolRecord[]> {
  while ((await countOnDisk(folder)) < count) await turn();
  return spool.next(count);
}

/** One turn of the event loop: what was appended before is being written behind it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A spool whose disk has just refused its first record, `q:a`. */
async function openOnRefusingDisk(context: TestContext, folder: string): Promise<Opened> {
  const opened = await openSpool(context, folder);
  await rm(folder, { recursive: true });
  opened.spool.append('q', 'a', 'v');
  while (opened.log.lines.length === 0) await turn();
  return opened;
}

async function drain(spool: FileSpool, batch = 100): Promise<SpoolRecord[]> {
  const all: SpoolRecord[] = [];
  for (;;) {
    const records = await spool.next(batch);
    if (records.length === 0) return all;
    all.push(...records);
    await spool.acknowledge(records.length);
  }
}

function counter(counters: Counters, name: string): number {
  return counters.all().find((one) => one.name === name)?.value ?? 0;
}

test('append is taken at once; the record is given before it is on disk, and again until it is acknowledged', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool, clock } = await openSpool(context, folder);
  assert.equal(spool.append('missed-call', 'a@b', '{"x":1}'), true);
  const expected = [{ queue: 'missed-call', id: 'missed-call:a@b', value: '{"x":1}', atMs: clock.now() }];
  assert.deepEqual([await countOnDisk(folder), await spool.next(10)], [0, expected]);
  assert.deepEqual(await recordsOnDisk(spool, folder, 1), expected);
  assert.deepEqual(await spool.next(10), expected);
  await spool.acknowledge(1);
  assert.deepEqual(await spool.next(10), []);
});

test('the consumer hears of what was appended when it begins to be written, once for what one turn appends', async (context) => {
  const { spool } = await openSpool(context, await temporaryFolder(context));
  const heard: number[] = [];
  spool.onReady(() => heard.push(spool.pending()));
  spool.append('q', 'a', '');
  spool.append('q', 'b', '');
  assert.deepEqual(heard, []);
  await turn();
  assert.deepEqual(heard, [2]);
});

for (const [when, wait] of [
  ['is written', turn],
  ['waits for its turn', () => Promise.resolve()],
] as const) {
  test(`what the queue takes while it ${when} is not replayed`, async (context) => {
    const folder = await temporaryFolder(context);
    const { spool } = await openSpool(context, folder);
    for (const key of ['a', 'b', 'c']) spool.append('q', key, 'v');
    await wait();
    assert.equal((await spool.next(2)).length, 2);
    await spool.acknowledge(2);
    assert.deepEqual([spool.pending(), spool.pending('q')], [1, 1]);
    spool.append('q', 'd', 'v');
    await spool.close();
    const again = await openSpool(context, folder);
    assert.deepEqual((await again.spool.next(10)).map(({ id }) => id), ['q:c', 'q:d']);
  });
}

test('what is acknowledged before the disk was asked is never written', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  spool.append('q', 'a', 'v');
  await spool.acknowledge(1);
  await spool.close();
  assert.equal(await countOnDisk(folder), 0);
});

test('a batch of which a part is on disk, a part is being written and a part waits is acknowledged as a whole', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  // A group takes a segment's length, so that this is three of them.
  for (let n = 0; n < 80; n += 1) spool.append('q', `n${n}`, 'x'.repeat(30_000));
  assert.equal((await spool.next(79)).length, 79);
  while ((await countOnDisk(folder)) === 0) await turn();
  await spool.acknowledge(79);
  assert.deepEqual((await spool.next(10)).map(({ id }) => id), ['q:n79']);
  await spool.close();
  const again = await openSpool(context, folder);
  assert.deepEqual((await again.spool.next(10)).map(({ id }) => id), ['q:n79']);
});

test('an event without a key gets an id of its own, which its replay keeps', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  spool.append('q', '', 'one');
  spool.append('q', '', 'two');
  const written = await recordsOnDisk(spool, folder, 2);
  assert.notEqual(written[0]!.id, written[1]!.id);
  await spool.close();
  const again = await openSpool(context, folder);
  assert.deepEqual(await again.spool.next(10), written);
});

test('what was not acknowledged is replayed in order by the next run, and nothing else is', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  for (let n = 0; n < 10; n += 1) spool.append('q', `n${n}`, '');
  await recordsOnDisk(spool, folder, 10);
  await spool.acknowledge(4);
  spool.append('q', 'n10', '');
  await spool.close();

  const again = await openSpool(context, folder);
  assert.equal(again.spool.pending(), 7);
  assert.equal(again.spool.pending('q'), 7);
  assert.deepEqual((await drain(again.spool)).map(({ id }) => id), [4, 5, 6, 7, 8, 9, 10].map((n) => `q:n${n}`));
  assert.equal(again.spool.pending('q'), 0);
  await again.spool.close();
  const third = await openSpool(context, folder);
  assert.deepEqual([third.spool.pending(), third.log.lines], [0, []]);
  assert.deepEqual(await segments(folder), []);
});

test('without the note of what was acknowledged, or with a damaged one, everything there is is replayed', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  for (let n = 0; n < 3; n += 1) spool.append('q', `n${n}`, '');
  await recordsOnDisk(spool, folder, 3);
  await spool.acknowledge(2);
  await spool.close();
  await writeFile(join(folder, 'acknowledged'), 'rubbish of some length');
  const again = await openSpool(context, folder);
  assert.equal(again.spool.pending(), 3);
});

test('when more waits than stands in memory, the rest is read back from the disk, in order', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder, { maxInMemory: 7 });
  const wide = 'x'.repeat(30_000);
  const expected: string[] = [];
  const drained: SpoolRecord[] = [];
  const append = (n: number) => {
    expected.push(`q:n${n}`);
    assert.equal(spool.append('q', `n${n}`, wide), true);
  };
  for (let n = 0; n < 100; n += 1) append(n);
  // More comes in while the backlog is read.
  drained.push(...(await recordsOnDisk(spool, folder, 7)));
  await spool.acknowledge(7);
  for (let n = 100; n < 120; n += 1) append(n);
  while (spool.pending() > 0) {
    await turn();
    drained.push(...(await drain(spool, 5)));
  }
  assert.deepEqual(drained.map(({ id }) => id), expected);
  assert.equal(drained.every(({ value }) => value === wide), true);
});

test('segments behind the acknowledgement are deleted while others wait', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  for (let n = 0; n < 120; n += 1) spool.append('q', `n${n}`, 'x'.repeat(30_000));
  await recordsOnDisk(spool, folder, 120);
  assert.ok((await segments(folder)).length >= 3);
  await spool.acknowledge(119);
  assert.equal((await segments(folder)).length, 1);
  assert.equal(spool.pending(), 1);
});

test('at its bound the spool refuses, counts each refusal and logs one line a second; room makes it take again', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool, log, clock, counters } = await openSpool(context, folder, { maxBytes: 1000 });
  let taken = 0;
  while (spool.append('q', `n${taken}`, 'x'.repeat(60))) taken += 1;
  assert.ok(taken > 5 && taken < 17, `${taken} taken`);
  for (let n = 0; n < 50; n += 1) assert.equal(spool.append('q', 'more', 'x'.repeat(60)), false);
  assert.equal(counter(counters, 'jobs.spool.refused'), 51);
  assert.deepEqual(log.lines, ['error Event not taken into the spool']);
  clock.advance(1000);
  spool.append('q', 'more', 'x'.repeat(60));
  assert.equal(log.lines.length, 2);
  assert.deepEqual(log.fields[1], { queue: 'q', reason: 'the spool is full', refused: 51 });
  await recordsOnDisk(spool, folder, taken);
  await spool.acknowledge(1);
  assert.equal(spool.append('q', 'more', 'x'.repeat(60)), true);
});

test('the bound is for what waits, not for what has passed through', async (context) => {
  const { spool } = await openSpool(context, await temporaryFolder(context), { maxBytes: 1000 });
  for (let n = 0; n < 100; n += 1) {
    assert.equal(spool.append('q', `n${n}`, 'x'.repeat(100)), true, `event ${n}`);
    if (n % 2 === 0) await turn();
    await spool.acknowledge(1);
  }
});

test('too long an event, an impossible queue and a closed spool are refused', async (context) => {
  const { spool } = await openSpool(context, await temporaryFolder(context));
  assert.equal(spool.append('q', 'k', 'x'.repeat(MAX_RECORD_BYTES)), false);
  assert.equal(spool.append('q', 'k', '€'.repeat(MAX_RECORD_BYTES / 2)), false);
  for (const queue of ['', 'a:b', 'a b', 'ä', 'q'.repeat(129)]) assert.equal(spool.append(queue, 'k', 'v'), false, queue);
  await spool.close();
  assert.equal(spool.append('q', 'k', 'v'), false);
});

test('closing writes what was appended last', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  spool.append('q', 'last', 'v');
  await spool.close();
  const again = await openSpool(context, folder);
  assert.deepEqual((await again.spool.next(10)).map(({ id }) => id), ['q:last']);
});

test('a torn tail is cut off, with its place in the log, and is no matter for the run after', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  spool.append('q', 'a', 'v');
  spool.append('q', 'b', 'v');
  await spool.close();
  const path = join(folder, (await segments(folder))[0]!);
  const whole = await readFile(path);
  await writeFile(path, whole.subarray(0, whole.length - 5));

  const again = await openSpool(context, folder);
  const frameBytes = whole.length / 2;
  assert.deepEqual((await again.spool.next(10)).map(({ id }) => id), ['q:a']);
  assert.equal(again.log.lines[0], 'warn Spool: cut off an unfinished record');
  assert.deepEqual(again.log.fields[0], { segment: 1, offset: frameBytes, bytes: frameBytes - 5 });
  assert.equal((await stat(path)).size, frameBytes);
  await again.spool.close();
  const third = await openSpool(context, folder);
  assert.deepEqual(third.log.lines, ['info Spool: replaying events of an earlier run']);
  assert.equal(third.spool.pending(), 1);
});

test('a damaged record in the middle is told with its offset and stepped over', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  for (const key of ['a', 'b', 'c']) spool.append('q', key, 'v');
  await spool.close();
  const path = join(folder, (await segments(folder))[0]!);
  const bytes = await readFile(path);
  const frameBytes = bytes.length / 3;
  bytes[frameBytes + 30]! ^= 0xff;
  await writeFile(path, bytes);
  const again = await openSpool(context, folder);
  assert.deepEqual((await again.spool.next(10)).map(({ id }) => id), ['q:a', 'q:c']);
  assert.equal(again.log.lines[0], 'error Spool: damaged record stepped over');
  assert.deepEqual(again.log.fields[0], { segment: 1, offset: frameBytes, bytes: frameBytes });
  assert.equal(counter(again.counters, 'jobs.spool.damaged'), 1);
});

test('a segment of rubbish is cut to nothing', async (context) => {
  const folder = await temporaryFolder(context);
  await writeFile(join(folder, '000000000003.spool'), 'SPL1 rubbish SPL1');
  const { spool } = await openSpool(context, folder);
  assert.equal(spool.pending(), 0);
  spool.append('q', 'a', 'v');
  assert.equal((await recordsOnDisk(spool, folder, 1)).length, 1);
});

test('records that the disk loses while they wait are told, and the others still come', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool, log } = await openSpool(context, folder, { maxInMemory: 1 });
  for (let n = 0; n < 80; n += 1) spool.append('q', `n${n}`, 'x'.repeat(30_000));
  await recordsOnDisk(spool, folder, 1);
  while (spool.pending() < 80 || (await segments(folder)).length < 3) await turn();
  const [, second] = await segments(folder);
  await rm(join(folder, second!));
  const drained: SpoolRecord[] = [];
  while (spool.pending() > 0) {
    await turn();
    drained.push(...(await drain(spool, 1)));
  }
  const missing = 80 - drained.length;
  assert.ok(missing > 20 && missing < 50, `${missing} missing`);
  assert.ok(log.lines.includes('error Events of the spool cannot be read back'));
});

test('a disk that refuses: events are given all the same, and what is left of them is written when it takes them again', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool, log, clock } = await openOnRefusingDisk(context, folder);
  assert.deepEqual(log.lines, ['error Spool: the disk does not take events; they wait in memory']);
  let heard = 0;
  spool.onReady(() => (heard += 1));
  assert.deepEqual([spool.append('q', 'b', 'v'), heard], [true, 1]);
  assert.deepEqual((await spool.next(10)).map(({ id }) => id), ['q:a', 'q:b']);
  await spool.acknowledge(1);
  assert.equal(spool.pending(), 1);
  await mkdir(folder);
  clock.advance(1000);
  assert.deepEqual((await recordsOnDisk(spool, folder, 1)).map(({ id }) => id), ['q:b']);
  while (log.lines.length === 1) await turn();
  assert.equal(log.lines[1], 'info Spool: the disk takes events again');
});

test('that a disk takes events again is not said before it has taken one', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool, log, clock } = await openOnRefusingDisk(context, folder);
  await spool.acknowledge(1);
  clock.advance(1000);
  for (let n = 0; n < 5; n += 1) await turn();
  assert.equal(log.lines.length, 1);
  await mkdir(folder);
  spool.append('q', 'b', 'v');
  while (log.lines.length === 1) await turn();
  assert.equal(log.lines[1], 'info Spool: the disk takes events again');
});

test('a second process on the same folder is refused, until the first has closed', async (context) => {
  const folder = await temporaryFolder(context);
  const { spool } = await openSpool(context, folder);
  await assert.rejects(openSpool(context, folder), (thrown) => thrown instanceof AppError && thrown.code === 'jobs.spool');
  await spool.close();
  await openSpool(context, folder);
});

test('a folder that cannot be used is one clear error', async (context) => {
  const folder = await temporaryFolder(context);
  const file = join(folder, 'file');
  await appendFile(file, '');
  await assert.rejects(openSpool(context, file), (thrown) => thrown instanceof AppError && thrown.code === 'jobs.spool');
});

test('kill -9 amid appends loses nothing that was on disk and doubles nothing', async (context) => {
  const folder = await temporaryFolder(context);
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'append-process.ts'), folder], { stdio: 'inherit' });
  const exited = once(child, 'exit');
  let onDisk = 0;
  while (onDisk <= 2000) {
    await turn();
    assert.equal(child.exitCode, null);
    onDisk = await countOnDisk(folder);
  }
  child.kill('SIGKILL');
  await exited;
  const { spool } = await openSpool(context, folder, { maxInMemory: 500 });
  const ids = (await drain(spool)).map(({ id }) => id);
  assert.ok(ids.length >= onDisk, `${ids.length} of ${onDisk}`);
  assert.deepEqual(ids, ids.map((_, n) => `q:n${n}`));
});
