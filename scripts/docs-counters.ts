import { GENERATED, page, table } from './markdown.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

export interface DefinedCounter {
  readonly name: string;
  readonly help: string;
  readonly path: string;
}

/** `counters.define('name', 'help')`, also when the name is given to a local function that adds a prefix. */
const DEFINITION = /\bdefine\(\s*'([^']+)',\s*'([^']+)',?\s*\)/g;
const PREFIX = /counters\.define\(`([\w.-]+)\$\{name\}`/;

/** The counters that a file of the source defines. */
export function countersIn({ path, text }: SourceFile): readonly DefinedCounter[] {
  const prefix = PREFIX.exec(text)?.[1] ?? '';
  return [...text.matchAll(DEFINITION)].map(([, name, help]) => ({ name: `${prefix}${name}`, help: help!, path }));
}

/** All counters by name; one that two places share is there once. */
export function definedCounters(): readonly DefinedCounter[] {
  const byName = new Map(sourceFiles('src').flatMap(countersIn).map((counter) => [counter.name, counter]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is taken in from X is counted by the console too, when webhooks bring it. */
const OF_WORKERS = /^(worker|intake)\./;

/** The page `docs/counters.md`. */
export function countersPage(): string {
  const counters = definedCounters();
  const sections = [
    { title: 'SIP process', own: counters.filter(({ name }) => !OF_WORKERS.test(name) && !name.startsWith('console.')) },
    { title: 'Worker process', own: counters.filter(({ name }) => OF_WORKERS.test(name)) },
    { title: 'Console process', own: counters.filter(({ name }) => name.startsWith('console.')) },
  ];
  return page([
    '# Counters',
    GENERATED,
    [
      'A counter only grows, from 0 at the start of its process. Each layer adds to its own where something happens; what is',
      'worth waking somebody is a line in the log as well. They live in the memory of the process: nothing exports them yet.',
    ].join('\n'),
    ...sections.flatMap(({ title, own }) => [`## ${title}`, table(['counter', 'counts'], own.map(({ name, help }) => [`\`${name}\``, help]))]),
  ]);
}
