import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const STORIES = fileURLToPath(new URL('udp-batch-process.ts', import.meta.url));
const PLAN = fileURLToPath(new URL('sendmmsg-plan.c', import.meta.url));

const [EPERM, EINTR, EAGAIN, ENETUNREACH] = [-1, -4, -11, -101];
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

let folder: string;
let planned: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sipweet-udp-'));
  planned = join(folder, 'sendmmsg-plan.so');
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', planned, PLAN, '-ldl'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
after(() => rmSync(folder, { recursive: true }));

function run(story: string, environment: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', STORIES, story], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    timeout: 60_000,
  });
}

function tell(story: string, environment: Readonly<Record<string, string>> = {}): unknown {
  const { status, stdout, stderr } = run(story, environment);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as unknown;
}

/** What `story` tells when the system answers as planned. */
const planning = (story: string, plan: readonly number[]) => tell(story, { LD_PRELOAD: planned, SENDMMSG_PLAN: plan.join(' ') });

describe('what sendmmsg(2) may answer', () => {
  for (const [what, plan] of [
    ['a part at a time', [1, 5, 2]],
    ['an interruption', [EINTR, 3, EINTR, EINTR]],
    ['a full buffer: the rest waits until there is room', [EAGAIN, EAGAIN, 4, EAGAIN]],
  ] as const) {
    test(`${what}; all arrive, in order`, () => {
      assert.deepEqual(planning('twelve', plan), { arrived: numbers(0, 12), failed: [] });
    });
  }

  test('an error is that of one datagram: its destination is told, the others arrive', () => {
    assert.deepEqual(planning('twelve', [EPERM, 4, ENETUNREACH, EAGAIN, EPERM]), {
      arrived: [1, 2, 3, 4, 7, 8, 9, 10, 11],
      failed: [0, 'EPERM', 5, 'ENETUNREACH', 6, 'EPERM'],
    });
  });

  test('what finds no room in the queue fails with ENOBUFS, and what waits goes out when the system takes it', () => {
    const told = planning('full', new Array<number>(400).fill(EAGAIN)) as { arrived: number[]; failed: (number | string)[] };
    assert.deepEqual(told.arrived, numbers(0, 70));
    assert.deepEqual(told.failed, numbers(70, 200).flatMap((n) => [n, 'ENOBUFS']));
  });
});

describe('what may happen while a batch is handed on', () => {
  test('an exception costs the datagram that caused it, and no other', () => {
    assert.deepEqual(tell('throwing'), {
      thrown: ['no 0', 'no 5', 'no 11'],
      answered: numbers(0, 12).map((n) => `answer ${n}`),
    });
  });

  test('the process exits', () => {
    assert.equal(run('exiting').status, 7);
  });

  test('a thread is ended in the middle of a flood: its port is free again, others go on', () => {
    assert.equal(tell('threads'), 'ended');
  });
});

test('400 sockets, opened and closed, leave no memory behind', () => {
  // Each has 8.2 MiB; the last ten may still be there.
  assert.ok(Number(tell('manySockets')) < 200 * 1024 * 1024);
});
