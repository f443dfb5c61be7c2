import assert from 'node:assert/strict';
import { readdir, rm, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { OwnerLock } from '../../../src/db/embedded/owner-lock.ts';
import { temporaryFolder } from '../cluster-folder.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, 'owner.lock');
});
afterEach(() => rm(folder, { recursive: true }));

test('one takes it, the next does not, and after release it is free', async () => {
  const first = new OwnerLock(path);
  const second = new OwnerLock(path);
  assert.equal(await first.take(), true);
  assert.equal(await second.take(), false);
  assert.equal((await second.owner())?.pid, process.pid);
  await second.release();
  assert.equal(await second.take(), false, 'only its owner releases it');
  await first.release();
  assert.equal(await second.owner(), undefined);
  assert.equal(await second.take(), true);
});

test('of many that find a stale lock at once one gets it, and no draft is left behind', async () => {
  await writeFile(path, JSON.stringify({ pid: process.pid, startedAt: 'another life', folder }));
  const taken = await Promise.all(Array.from({ length: 10 }, () => new OwnerLock(path).take()));
  assert.equal(taken.filter((mine) => mine).length, 1);
  assert.deepEqual(await readdir(folder), ['owner.lock']);
});

test('the lock of another folder, copied along with its files, is none', async () => {
  const original = new OwnerLock(path);
  await original.take();
  const content = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...content, folder: '/somewhere/else' }));
  assert.equal(await new OwnerLock(path).take(), true);
});
