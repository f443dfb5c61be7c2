import { dirname, join } from 'node:path';
import { sourceFiles } from './source-files.ts';

/** What starts programs: a test file that reaches one of these wants the processor to itself. */
const STARTS_PROGRAMS = new Set(['node:child_process', 'node:worker_threads', 'playwright-core']);
/** Whole nodes, with the phones and servers of other people. */
const PEER_FOLDERS = ['test/e2e/', 'test/service/'];
/** A test that looks at the clock of the machine is about how long something takes. */
const MEASURES_TIME = /\bperformance\.now\(/;

const IMPORT = /^\s*(?:import|export)\s(?:[^'";]*?from\s)?'([^']+)'/gm;

export interface TestFiles {
  /** In one process and on free ports: several run beside each other. */
  readonly together: readonly string[];
  /** One after the other. */
  readonly alone: readonly string[];
}

/** The test files whose path contains one of the words, all without words. */
export function testFiles(words: readonly string[]): TestFiles {
  const texts = new Map(['test', 'scripts'].flatMap(sourceFiles).map(({ path, text }) => [path, text]));
  const wanted = [...texts.keys()].filter((path) => path.endsWith('.test.ts') && (words.length === 0 || words.some((word) => path.includes(word))));
  const isAlone = (path: string): boolean => PEER_FOLDERS.some((folder) => path.startsWith(folder)) || MEASURES_TIME.test(texts.get(path)!) || startsPrograms(path, texts);
  return { together: wanted.filter((path) => !isAlone(path)), alone: wanted.filter(isAlone) };
}

/** Whether the imports of a file, through those of the test files it imports, lead to something that starts a program. */
function startsPrograms(path: string, texts: ReadonlyMap<string, string>, seen = new Set<string>()): boolean {
  seen.add(path);
  return [...texts.get(path)!.matchAll(IMPORT)].some(([, specifier]) => {
    if (STARTS_PROGRAMS.has(specifier!)) return true;
    const target = join(dirname(path), specifier!);
    return texts.has(target) && !seen.has(target) && startsPrograms(target, texts, seen);
  });
}
