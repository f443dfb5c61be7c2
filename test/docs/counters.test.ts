import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countersIn, definedCounters } from '../../scripts/docs-counters.ts';
import { sourceFiles } from '../../scripts/source-files.ts';
import { Counters } from '../../src/base/counters.ts';
import { commandCounters } from '../../src/workers/commands/command-counters.ts';
import { deliveryCounters } from '../../src/workers/delivery/delivery-counters.ts';

test('no definition of a counter escapes the page', () => {
  for (const file of sourceFiles('src')) {
    if (file.path === 'src/base/counters.ts') continue;
    // A local function that adds a prefix is no counter itself.
    const written = [...file.text.matchAll(/\bdefine\(/g)].length - [...file.text.matchAll(/\.define\(`/g)].length;
    assert.equal(countersIn(file).length, written, file.path);
  }
});

test('a prefix that a file adds is part of the name: the counters of the worker', () => {
  const counters = new Counters();
  deliveryCounters(counters);
  commandCounters(counters);
  const names = definedCounters().map(({ name }) => name);
  assert.deepEqual(names.filter((name) => /^worker\.(delivery|command)\./.test(name)), counters.all().map(({ name }) => name));
});

test('a counter that two places define has one sentence', () => {
  const helpByName = new Map<string, string>();
  for (const { name, help, path } of sourceFiles('src').flatMap(countersIn)) {
    assert.equal(help, helpByName.get(name) ?? help, `${path}: ${name}`);
    helpByName.set(name, help);
  }
});
