/**
 * The gate: no hot function may become much slower than it was. Each is timed against a reference
 * loop in the same process, and the ratio compared with the one in `bench/baseline.json`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BASELINE = 'bench/baseline.json';

/** Ratios waver by some percent, so this is a little below the factor that must be found, 1.5. */
export const LIMIT = 1.4;

/** A ratio that is too high is measured again so often, each time in a new process; the lowest counts. */
const ATTEMPTS = 6;

export type Ratios = ReadonlyMap<string, number>;

/** Measures the named benchmark once more. */
export type Again = (name: string) => number;

/** What is wrong, a line each; empty when all is well. */
export function problems(measured: Ratios, baseline: Ratios, again: Again): readonly string[] {
  const lines: string[] = [];
  for (const [name, first] of measured) {
    const committed = baseline.get(name);
    if (committed === undefined) {
      lines.push(`${name} has no entry in ${BASELINE}: ${record(name)}`);
      continue;
    }
    let ratio = first;
    for (let attempt = 1; attempt < ATTEMPTS && ratio > committed * LIMIT; attempt += 1) ratio = Math.min(ratio, again(name));
    if (ratio <= committed * LIMIT) continue;
    lines.push(`${name} is ${(ratio / committed).toFixed(2)} times as slow as it was: ratio ${ratio.toFixed(3)}, committed ${committed.toFixed(3)}. If that is meant: ${record(name)}`);
  }
  for (const name of baseline.keys()) {
    if (!measured.has(name)) lines.push(`${name} stands in ${BASELINE} and no benchmark measures it: ${record(name)}`);
  }
  return lines;
}

function record(name: string): string {
  return `npm run bench -- --record ${JSON.stringify(name)}`;
}

export function benchFiles(folder = 'bench'): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return benchFiles(path);
      return entry.name.endsWith('.bench.ts') ? [path] : [];
    })
    .sort();
}

/** Measures every benchmark of these files, or the one of that name; which file has it is kept for a second look. */
export class GateRun {
  readonly ratios = new Map<string, number>();
  readonly #fileOf = new Map<string, string>();

  constructor(files: readonly string[], only?: string) {
    for (const file of files) {
      for (const [name, ratio] of ratiosOf(file, only)) {
        if (this.ratios.has(name)) throw new Error(`Two benchmarks have the name ${name}`);
        this.ratios.set(name, ratio);
        this.#fileOf.set(name, file);
      }
    }
  }

  again(name: string): number {
    return ratiosOf(this.#fileOf.get(name)!, name).get(name)!;
  }
}

function ratiosOf(file: string, only?: string): Ratios {
  const env = { ...process.env, BENCH_MODE: 'gate', ...(only === undefined ? {} : { BENCH_ONLY: only }) };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${file} failed: ${stderr}`);
  return new Map(stdout.split('\n').filter((line) => line !== '').map((line) => entryOf(line, file)));
}

function entryOf(line: string, file: string): readonly [string, number] {
  try {
    const { name, ratio } = JSON.parse(line) as { readonly name: string; readonly ratio: number };
    return [name, ratio];
  } catch {
    throw new Error(`${file} prints what the gate cannot read, use measure(): ${line}`);
  }
}

export function readBaseline(): Ratios {
  return new Map(Object.entries(JSON.parse(readFileSync(BASELINE, 'utf8')) as Record<string, number>));
}

export function writeBaseline(ratios: Ratios): void {
  const sorted = [...ratios].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, ratio]) => [name, Number(ratio.toPrecision(3))]);
  writeFileSync(BASELINE, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}

/** Each ratio is the middle one of three runs: neither a lucky one nor one that was disturbed. */
export function recordedRatios(files: readonly string[], only?: string): Ratios {
  const runs = [new GateRun(files, only), new GateRun(files, only), new GateRun(files, only)];
  return new Map([...runs[0]!.ratios.keys()].map((name) => [name, runs.map((run) => run.ratios.get(name)!).sort((a, b) => a - b)[1]!]));
}
