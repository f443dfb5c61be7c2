import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { findProcess } from '../../../src/db/embedded/process-table.ts';

test('a running process is found with its command line, and is the same at each look', async () => {
  const child = spawn('sleep', ['600']);
  await once(child, 'spawn');
  const found = await findProcess(child.pid!);
  assert.equal(found?.command, 'sleep 600');
  assert.deepEqual(await findProcess(child.pid!), found);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  assert.equal(await findProcess(child.pid!), undefined);
});

test('a zombie is dead', async () => {
  // The shell becomes a sleep that never collects the child which it inherits.
  const shell = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  const deadline = performance.now() + 10_000;
  while ((await findProcess(Number(String(line)))) !== undefined) {
    assert.ok(performance.now() < deadline, 'it is still seen as running');
  }
  const gone = once(shell, 'exit');
  shell.kill('SIGKILL');
  await gone;
});

test('what is no pid is nobody', async () => {
  for (const pid of [0, -1, Number.NaN, 1.5, 2 ** 53]) assert.equal(await findProcess(pid), undefined);
});
