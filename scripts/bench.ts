/**
 * Runs the benchmarks of hot functions one after the other.
 *
 *   npm run bench                         all; each prints `name  N ns/op`
 *   npm run bench -- sip/message          those whose path contains one of the words
 *   npm run bench -- --check              the gate: fails when one is much slower than `bench/baseline.json` says
 *   npm run bench -- --record             writes `bench/baseline.json` anew
 *   npm run bench -- --record parse/BYE   only the entries whose name contains one of the words
 */
import { spawnSync } from 'node:child_process';
import { GateRun, benchFiles, problems, readBaseline, recordedRatios, writeBaseline, type Ratios } from './bench-gate.ts';

function runForPeople(words: readonly string[]): void {
  const files = benchFiles().filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  if (files.length === 0) {
    console.error(`No benchmark matches ${words.join(' ')}`);
    process.exit(2);
  }
  for (const file of files) {
    const { status } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', file], { stdio: 'inherit' });
    if (status === 0) continue;
    console.error(`${file} failed`);
    process.exitCode = 1;
  }
}

function check(): void {
  const run = new GateRun(benchFiles());
  const found = problems(run.ratios, readBaseline(), (name) => run.again(name));
  for (const line of found) console.error(line);
  if (found.length > 0) process.exitCode = 1;
  else console.log(`${run.ratios.size} benchmarks, none much slower than it was`);
}

/** Entries that no benchmark measures any more go away; without words all are written anew. */
function record(words: readonly string[]): void {
  const kept: Ratios = words.length === 0 ? new Map() : readBaseline();
  const entry = (name: string, ratio: number): readonly (readonly [string, number])[] => {
    if (words.length === 0 || words.some((word) => name.includes(word))) return [[name, ratio]];
    const committed = kept.get(name);
    return committed === undefined ? [] : [[name, committed]];
  };
  writeBaseline(new Map([...recordedRatios(benchFiles())].flatMap(([name, ratio]) => entry(name, ratio))));
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--check') check();
else if (first === '--record') record(rest);
else runForPeople(process.argv.slice(2));
