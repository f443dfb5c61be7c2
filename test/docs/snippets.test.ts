import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { Command } from 'commander';
import { definedCounters } from '../../scripts/docs-counters.ts';
import { createProgram } from '../../src/app/program.ts';
import { ERROR_CODES } from '../../src/base/errors.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { ENTRIES, SECTIONS, entryAt } from '../../src/config/schema.ts';
import { ksrRows } from '../../src/script/ksr/rows.ts';

const PAGES = [...readdirSync('.'), ...readdirSync('docs').map((name) => `docs/${name}`)].filter((path) => path.endsWith('.md')).sort();

/** What stands in backquotes and in code blocks, without the comments of a shell. */
function codeIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```.*\n([^]*?)^```$/gm)].flatMap(([, block]) => block!.split('\n'));
  const spans = [...text.replaceAll(/^```.*\n[^]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
  return [...blocks, ...spans].map((line) => line.replace(/\s#\s.*$/, ''));
}

const { program } = createProgram({ environment: {}, clock: new SystemClock() });

/** Why `sipweet <words>` cannot be typed, undefined when it can. `a\|b` in a table stands for both. */
function whyNot(words: readonly string[], command: Command = program): string | undefined {
  const [word, ...rest] = words;
  if (word === undefined) return undefined;
  if (word.startsWith('-')) {
    const options = [...program.options, ...command.options].flatMap(({ long, short }) => [long, short, '--help']);
    return options.includes(word.split('=')[0]!) ? whyNot(rest, command) : `${command.name()} has no option ${word}`;
  }
  // From here on they are arguments and values of options.
  if (command.commands.length === 0) return whyNot(rest, command);
  for (const name of word.split(/\\?\|/)) {
    const found = command.commands.find((one) => one.name() === name);
    if (found === undefined) return `${command.name()} has no command ${name}`;
    const problem = whyNot(rest, found);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

describe('commands in the documentation can be typed', () => {
  for (const page of PAGES) {
    test(page, () => {
      for (const code of codeIn(readFileSync(page, 'utf8'))) {
        for (const [, words] of code.matchAll(/(?:^|\s)sipweet ([a-z-][^&;]*)/g)) {
          assert.equal(whyNot(words!.trim().split(/\s+/)), undefined, code);
        }
      }
    });
  }

  test('those of npm too', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = PAGES.flatMap((page) => codeIn(readFileSync(page, 'utf8')).flatMap((code) => [...code.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name!)));
    assert.ok(named.length > 3);
    assert.deepEqual(named.filter((name) => !Object.hasOwn(scripts, name)), []);
  });

  test('and a wrong one would be found', () => {
    assert.equal(whyNot(['user', 'ad', 'bob']), 'user has no command ad');
    assert.equal(whyNot(['user', 'add', 'bob', '--y', 'bob']), 'add has no option --y');
    assert.equal(whyNot(['migrate', 'latest\\|undo']), 'migrate has no command undo');
  });
});

describe('options in the documentation exist', () => {
  const theirs = ENTRIES.flatMap(({ option }) => [option, ...Object.values(option.fields ?? {})]).flatMap(({ kamailio }) => kamailio ?? []);
  // What else has a point in its name and the name of a section before it.
  const others = new Set([...definedCounters().map(({ name }) => name), ...Object.keys(ERROR_CODES), ...ksrRows.map(({ module, name }) => `${module}.${name}`), ...theirs]);

  /** `sip.t1Ms`, `script.timers.results` (an entry of a table), `script.timers.*.intervalMs` (a field of each). */
  function exists(path: string): boolean {
    const [section, name, , field, ...more] = path.split('.');
    const entry = entryAt(`${section}.${name}`);
    if (entry === undefined) return others.has(path);
    const { fields = {} } = entry.option;
    return more.length === 0 && (path === entry.path || (entry.option.fields !== undefined && (field === undefined || Object.hasOwn(fields, field))));
  }

  test('a wrong one would be found', () => {
    assert.deepEqual(['sip.t1Ms', 'script.timers.results', 'script.timers.*.intervalMs', 'auth.secret'].filter(exists).length, 4);
    assert.deepEqual(['sip.t9Ms', 'sip.t1Ms.more', 'script.timers.*.interval', 'registrar.t1Ms'].filter(exists), []);
  });

  for (const page of PAGES) {
    test(page, () => {
      const sections = Object.keys(SECTIONS).join('|');
      for (const code of codeIn(readFileSync(page, 'utf8'))) {
        for (const [, path] of code.matchAll(new RegExp(`^(?:--set )?((?:${sections})\\.[a-z][\\w.*-]*?)(?=$|[ :=])`, 'g'))) {
          assert.ok(/\.ts$/.test(path!) || exists(path!), path);
        }
      }
    });
  }

  test('and so do the variables of the environment', () => {
    const names = new Set(['SIPWEET_CONFIG', ...ENTRIES.flatMap(({ environment }) => environment)]);
    for (const page of PAGES) {
      for (const [name] of readFileSync(page, 'utf8').matchAll(/\b(?:SIPWEET_[A-Z0-9_]+|DATABASE_URL|REDIS_URL|X_[A-Z]+_[A-Z]+)(?![A-Z0-9_<…*])/g)) {
        assert.ok(names.has(name.replace(/_FILE$/, '')), `${page}: ${name}`);
      }
    }
  });
});

describe('links in the documentation lead somewhere', () => {
  /** The name that a heading has in a link. */
  const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-');
  for (const page of PAGES) {
    test(page, () => {
      for (const [, target] of readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target!)) continue;
        const [path = '', anchor] = target!.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        assert.ok(existsSync(file), `${target}: there is no ${file}`);
        if (anchor === undefined) continue;
        const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
        assert.ok(headings.includes(anchor), `${target}: there is no such heading`);
      }
    });
  }
});
