import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { onBothEngines, stage } from '../script/vm/stage.ts';

const page = readFileSync('docs/lua.md', 'utf8');
const snippets = [...page.matchAll(/```lua\n([\s\S]*?)```/g)].map(([, code = '']) => code);

assert.ok(snippets.length >= 3);

onBothEngines((stage, engine) => {
  describe('what docs/lua.md says that a snippet prints, it prints', () => {
    for (const [index, code] of snippets.entries()) {
      test(`snippet ${index + 1}`, () => {
        const here = stage('');
        const run = here.route(code);
        const expected = [...code.matchAll(/--> (.*)$/gm)].map(([, text]) => text);
        assert.ok(expected.length > 0);
        assert.deepEqual(here.logger.errors, []);
        assert.deepEqual(here.logger.lines.filter(({ level }) => level === 'info').map(({ message }) => message), expected);
        assert.equal(run.failed, false);
        assert.equal(here.engine.kind, engine);
      });
    }
  });

  test('what the page says is not there is not there', () => {
    const paragraph = /\*\*What is not there\.\*\*[\s\S]*?do not exist/.exec(page)![0];
    const names = [...paragraph.matchAll(/`(\w+)\.(\w+)`/g)].map(([, library, name]) => `${library}["${name}"]`);
    assert.equal(names.length, 12);
    const { route } = stage('');
    for (const name of names) assert.deepEqual(route(`KSR.test.out(tostring(${name}))`).out, ['nil'], name);
  });
});

test('what the page says is declined makes a script an interpreted one', () => {
  const table = page.slice(page.indexOf('| declined | why |'), page.indexOf('The engine stays what it was'));
  const names = [...table.matchAll(/`([a-z_.A-Z]+)`/g)].map(([, name]) => name!).filter((name) => !['require', 'dofile', 'debug', 'traceback', 'getinfo', 'goto'].includes(name));
  assert.ok(names.length >= 10);
  for (const name of [...names, 'debug.getlocal']) assert.equal(stage(`local x = ${name}`, { engine: 'compiled' }).engine.kind, 'interpreter', name);
  for (const name of ['require', 'dofile']) assert.equal(stage(`if false then ${name}(("x"):rep(2)) end`, { engine: 'compiled' }).engine.kind, 'interpreter', name);
});
