import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HEAP_ENVIRONMENT, heapOptions } from '../../src/app/heap-options.ts';

const GIB = 1024 ** 3;

test('the old generation may grow to a 32nd of the memory, to 512 MiB at most; of less than 4 GiB V8 decides', () => {
  const oldOption = (memoryBytes: number) => heapOptions(memoryBytes).find((option) => option.startsWith('--initial-old-space-size='))?.split('=')[1];
  assert.deepEqual([1, 3.9, 4, 8, 16, 64].map((gib) => oldOption(gib * GIB)), [undefined, undefined, '128', '256', '512', '512']);
});

test('V8 knows each of them', () => {
  const { status, stderr } = spawnSync(process.execPath, [...heapOptions(16 * GIB), '-e', ''], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
});

test('the node that is measured has those of a machine of 16 GiB and more', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const environment = Object.entries(HEAP_ENVIRONMENT).map(([name, value]) => `${name}=${value}`).join(' ');
  assert.equal(scripts['bench:node'], `exec env ${environment} node ${heapOptions(16 * GIB).join(' ')} dist/app/bench-node.js`);
});
