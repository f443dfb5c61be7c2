import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveHeadStart, type JobSource } from '../../../src/jobs/bullmq/head-start.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

/** A backend that gives the jobs that wait, and notes what it is asked. */
function backend(jobs: string[]): { readonly source: JobSource; readonly asked: string[]; readonly clock: VirtualClock } {
  const asked: string[] = [];
  const source: JobSource = {
    waitForJob: (timeout) => {
      asked.push(`wait ${timeout}`);
      return Promise.resolve(null);
    },
    moveToActive: (token) => {
      asked.push(`take ${token}`);
      const job = jobs.shift();
      return Promise.resolve(job === undefined ? [] : [{ data: job }, job]);
    },
  };
  const clock = new VirtualClock();
  giveHeadStart(source, clock);
  return { source, asked, clock };
}

/** Lets promises that need no time come to rest. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('behind the first job after a rest none is asked for, and the wait for one begins later', async () => {
  const { source, asked, clock } = backend(['a', 'b']);
  await source.waitForJob(5);
  assert.deepEqual(await source.moveToActive('t1'), [{ data: 'a' }, 'a']);
  assert.deepEqual(await source.moveToActive('t2'), []);
  const waiting = source.waitForJob(5);
  await settle();
  assert.deepEqual(asked, ['wait 5', 'take t1']);
  clock.advance(10);
  await waiting;
  assert.deepEqual(asked, ['wait 5', 'take t1', 'wait 5']);
  assert.deepEqual(await source.moveToActive('t3'), [{ data: 'b' }, 'b']);
});

test('a worker that did not rest takes one job behind the other', async () => {
  const { source, asked } = backend(['a', 'b']);
  assert.deepEqual(await source.moveToActive('t1'), [{ data: 'a' }, 'a']);
  assert.deepEqual(await source.moveToActive('t2'), [{ data: 'b' }, 'b']);
  assert.deepEqual(asked, ['take t1', 'take t2']);
});

test('a rest that ends without a job gives no head start', async () => {
  const { source, asked } = backend([]);
  await source.waitForJob(5);
  await source.moveToActive('t1');
  await source.moveToActive('t2');
  assert.deepEqual(asked, ['wait 5', 'take t1', 'take t2']);
});
