/**
 * Runs the benchmarks of hot functions one after the other.
 *
 *   npm run bench                         all; each prints `name  N ns/op`
 *   npm run bench -- sip/message          those whose path contains one of the words
 *   npm run bench -- --check              the gate: fails when one is much slower than `bench/baseline.json` says
 *   npm run bench -- --record             writes `bench/baseline.json` anew
 *   npm run bench -- --record NAME...     only the entries of these names
 */
import { spawnSync } from 'node:child_process';
import { GateRun, benchFiles, problems, readBaseline, recordedRatios, writeBaseline } from './bench-gate.ts';

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

/** Without names the whole table, so that entries go away which no benchmark measures any more. */
function record(names: readonly string[]): void {
  if (names.length === 0) return writeBaseline(recordedRatios(benchFiles()));
  const baseline = new Map(readBaseline());
  for (const name of names) {
    const ratio = recordedRatios(benchFiles(), name).get(name);
    if (ratio === undefined) baseline.delete(name);
    else baseline.set(name, ratio);
  }
  writeBaseline(baseline);
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--check') check();
else if (first === '--record') record(rest);
else runForPeople(process.argv.slice(2));
