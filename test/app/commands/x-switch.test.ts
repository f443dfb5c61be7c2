import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, test } from 'node:test';
import { SpendTable } from '../../../src/db/tables/spend.ts';
import { SwitchesTable, X_SWITCH } from '../../../src/db/tables/switches.ts';
import { temporaryFolder } from '../../db/cluster-folder.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { runCli } from '../cli-process.ts';

const { db, url } = await withDatabase();
const cwd = await temporaryFolder();
after(() => rm(cwd, { recursive: true, force: true }));

const x = (...args: string[]) => runCli(['x', ...args], { cwd, env: { DATABASE_URL: url } });
const state = () => new SwitchesTable(db).find(X_SWITCH);

test('pause switches X off with its reason, resume on again, and spend tells', async () => {
  const paused = await x('pause', '--reason', 'somebody plays with us');
  assert.deepEqual([paused.code, paused.stderr], [0, '']);
  assert.deepEqual([(await state()).off, (await state()).reason], [true, 'somebody plays with us']);
  assert.match((await x('spend')).stdout, /\nX is switched off since \d{4}-.*Z: somebody plays with us\n$/);
  assert.equal((await x('resume')).stdout, 'X is switched on.\n');
  assert.equal((await state()).off, false);
  assert.match((await x('spend')).stdout, /\nX is switched on\n$/);
});

test('a reason is one line', async () => {
  const { code, stderr } = await x('pause', '--reason', 'two\nlines');
  assert.deepEqual([code, stderr], [2, 'sipweet: --reason: one line of at most 200 characters\n']);
  assert.equal((await state()).off, false);
});

test('spend shows today and this month by kind of call, and what is left', async () => {
  const table = new SpendTable(db);
  await table.record({ call: 'dm-send', units: 1, micros: 15_000 });
  await table.record({ call: 'mention-read', units: 40, micros: 200_000 });
  const { code, stdout } = await x('spend', '--set', 'x.dailyBudgetUsd=1', '--set', 'x.monthlyBudgetUsd=0');
  assert.equal(code, 0);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/));
  assert.deepEqual(rows.slice(0, 5), [
    ['today', 'USD', 'this month', 'USD'],
    ['mention-read', '40', '0.200', '40', '0.200'],
    ['dm-send', '1', '0.015', '1', '0.015'],
    ['together', '0.215', '0.215'],
    ['left', '0.785', 'no limit'],
  ]);
});

test('health of the worker tells that X is switched off, and stays well', async () => {
  await x('pause', '--reason', 'a test');
  const { code, stdout } = await runCli(['health', 'worker'], { cwd, env: { DATABASE_URL: url } });
  await x('resume');
  assert.equal(code, 0);
  assert.match(stdout, /^Database and queue answer\nX is switched off since .*: a test\n$/);
});
