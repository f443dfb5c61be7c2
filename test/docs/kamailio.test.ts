import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ksrRows } from '../../src/script/ksr/rows.ts';
import { stage, TestRun } from '../script/vm/stage.ts';

const page = readFileSync('docs/kamailio.md', 'utf8');

function section(title: string): string {
  const start = page.indexOf(`\n## ${title}\n`);
  assert.ok(start >= 0, title);
  const end = page.indexOf('\n## ', start + 1);
  return page.slice(start, end < 0 ? undefined : end);
}

test('a module that the page calls missing is missing', () => {
  const modules = new Set(ksrRows.map(({ module }) => module));
  const first = section('What is missing').split('\n').flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1] ?? []);
  const names = first.flatMap((cell) => [...cell.replace(/\(.*\)/, '').matchAll(/`(\w+)[.\w]*`/g)].map(([, name]) => name!));
  assert.ok(names.length > 20);
  assert.deepEqual(names.filter((name) => modules.has(name)), []);
});

test('a KSR function that the page names is there', () => {
  const known = new Set(ksrRows.map(({ module, name }) => (module === '' ? `KSR.${name}` : `KSR.${module}.${name}`)));
  const named = [...page.matchAll(/`(KSR\.[\w.]+)/g)].map(([, name]) => name!).filter((name) => !/^KSR\.(x|sipweet)$/.test(name));
  assert.ok(named.length > 5);
  assert.deepEqual(named.filter((name) => !known.has(name)), []);
});

test('what the page says of Lua holds', () => {
  const { route, engine, write } = stage('', { engine: 'interpreter' });
  const says = (expression: string) => {
    const run = new TestRun();
    write(`function say() KSR.test.out(tostring(${expression})) end`);
    engine.reload();
    engine.run('say', run);
    return run.out[0];
  };
  for (const name of ['unpack', 'table.getn', 'math.pow', 'string.gfind', 'loadstring', 'setfenv', 'module', 'os.exit']) {
    assert.equal(says(`type(${name})`), 'function', name);
  }
  for (const name of ['os.execute', 'os.getenv', 'os.remove', 'os.rename', 'os.tmpname', 'io.popen', 'io.open', 'io.lines', 'package.loadlib', 'debug.sethook', 'debug.debug', 'debug.getregistry']) {
    assert.equal(says(name), 'nil', name);
  }
  assert.equal(says('10/2'), '5');
  assert.ok(Number(says('os.time() * 1000')) > 2 ** 40);
  assert.equal(says('pcall(string.rep, "x", 2000000)'), 'false');
  assert.throws(() => route('local pattern = "\\."'), { code: 'script.load' });
  assert.throws(() => route('local goto = 1'), { code: 'script.load' });
});
