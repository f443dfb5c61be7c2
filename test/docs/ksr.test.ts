import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ENGINE_FUNCTIONS } from '../../scripts/docs-ksr.ts';
import { ksrRows } from '../../src/script/ksr/rows.ts';
import { stage, TestRun } from '../script/vm/stage.ts';

const page = readFileSync('docs/ksr.md', 'utf8');

test('KSR.x has the functions of the page and no others', () => {
  const run = new TestRun();
  stage('function list() for name in pairs(KSR.x) do KSR.test.out(name) end end').engine.run('list', run);
  assert.deepEqual(run.out.sort(), ENGINE_FUNCTIONS.map(([name]) => name).sort());
});

test('every function of every module has its line, and who waits says so', () => {
  for (const { module, name, params, waits } of ksrRows) {
    const section = page.slice(page.indexOf(`### ${module === '' ? 'KSR' : `KSR.${module}`}\n`));
    const line = section.split('\n').find((text) => text.startsWith(`| \`${name}(${params.join(', ')})\` |`));
    assert.ok(line !== undefined, `${module}.${name}`);
    assert.equal(line.includes('*Waits.*'), waits, `${module}.${name}`);
  }
});

test('the callbacks that the core calls by name are on the page', () => {
  const router = readFileSync('src/script/router.ts', 'utf8');
  const names = [...router.matchAll(/'(ksr_\w+)'/g)].map(([, name]) => name!);
  assert.ok(names.length > 0);
  for (const name of names) assert.ok(page.includes(`\`${name}()\``), name);
});
