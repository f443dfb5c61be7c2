import { dirname, join } from 'node:path';
import { sourceFiles } from './source-files.ts';

/** What starts programs. */
const STARTS_PROGRAMS = new Set(['node:child_process', 'node:worker_threads', 'playwright-core']);
/** What says on which engines a test runs. */
const ENGINES = new Set(['test/engines.ts']);
/** Whole nodes, with the phones and servers of other people. */
const PEER_FOLDERS = ['test/e2e/', 'test/service/'];
/** A test that looks at the clock of the machine is about how long something takes: it wants the processor to itself. */
const MEASURES_TIME = /\bperformance\.now\(|\bbench\/timing\.ts'/;

const IMPORT = /^\s*(?:import|export)\s(?:[^'";]*?from\s)?'([^']+)'/gm;

export interface TestFiles {
  /** In one process, and busy. */
  readonly busy: readonly string[];
  /** With programs of their own, for which they wait most of the time. */
  readonly waiting: readonly string[];
  /** One after the other. */
  readonly alone: readonly string[];
}

export const NO_FILES: TestFiles = { busy: [], waiting: [], alone: [] };

/**
 * The test files whose path contains one of the words, all without words.
 *
 * @param onEngines  only those that start the service or a script, on the engines of the run
 */
export function testFiles(words: readonly string[], { onEngines = false }: { readonly onEngines?: boolean } = {}): TestFiles {
  const texts = new Map(['test', 'scripts'].flatMap(sourceFiles).map(({ path, text }) => [path, text]));
  const wanted = [...texts.keys()].filter(
    (path) =>
      path.endsWith('.test.ts') &&
      (words.length === 0 || words.some((word) => path.includes(word))) &&
      (!onEngines || leadsTo(ENGINES, path, texts)),
  );
  const kindOf = (path: string): keyof TestFiles => {
    if (MEASURES_TIME.test(texts.get(path)!)) return 'alone';
    return PEER_FOLDERS.some((folder) => path.startsWith(folder)) || leadsTo(STARTS_PROGRAMS, path, texts) ? 'waiting' : 'busy';
  };
  const [busy, waiting, alone] = (['busy', 'waiting', 'alone'] as const).map((kind) => wanted.filter((path) => kindOf(path) === kind));
  return { busy: busy!, waiting: waiting!, alone: alone! };
}

/** Whether the imports of a file, through those of the test files it imports, lead to one of these. */
function leadsTo(targets: ReadonlySet<string>, path: string, texts: ReadonlyMap<string, string>, seen = new Set<string>()): boolean {
  seen.add(path);
  return [...texts.get(path)!.matchAll(IMPORT)].some(([, specifier]) => {
    if (targets.has(specifier!)) return true;
    const target = join(dirname(path), specifier!);
    return targets.has(target) || (texts.has(target) && !seen.has(target) && leadsTo(targets, target, texts, seen));
  });
}
