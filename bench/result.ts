/** The result of a measurement: printed as a table with a verdict, kept as JSON for `docs/performance.md`. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { isMet, type Target } from './targets.ts';

/** What the figures were measured on: they mean nothing without it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly kernel?: string;
  readonly memoryGiB?: number;
  readonly kamailio?: string;
  /** What one of the shortest system calls takes, in nanoseconds, with the call from JavaScript. */
  readonly systemCallNs?: number;
  /** Processes that wanted a core in the minute before the run; above the number of cores, others slowed it down. */
  readonly loadAverage?: number;
}

export interface ResultRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
  /** Which side of the target is good; `<=` where nothing is said. */
  readonly relation?: Target['relation'] | null;
}

export interface Result {
  readonly name: string;
  readonly date: string;
  /** What repeats it. */
  readonly command?: string;
  readonly machine: Machine;
  readonly rows: readonly ResultRow[];
}

/** A row that is compared with a target, or one that only informs. */
export function row(what: string, value: number, unit: string, target?: Target): ResultRow {
  const digits = unit === 'ratio' ? 3 : 1;
  return { what, value: Number(value.toFixed(digits)), unit, target: target?.value ?? null, relation: target?.relation ?? null };
}

/** A figure that could not be taken, which is -1 in JSON, misses its target. */
export function isMissed({ value, target, relation }: ResultRow): boolean {
  return target !== null && (value === -1 || !isMet(value, { value: target, relation: relation ?? '<=' }));
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version.slice(1),
    ...kamailioVersion(),
    systemCallNs: systemCallNs(),
    loadAverage: Math.round(loadavg()[0]! * 100) / 100,
  };
}

function kamailioVersion(): { kamailio?: string } {
  const { stdout } = spawnSync('kamailio', ['-v'], { encoding: 'utf8' });
  const version = /kamailio ([\d.]+)/.exec(stdout ?? '')?.[1];
  return version === undefined ? {} : { kamailio: version };
}

const SYSTEM_CALLS = 100_000;

/** Of the best of some rounds. */
function systemCallNs(): number {
  const rounds = Array.from({ length: 5 }, () => {
    const start = process.hrtime.bigint();
    for (let call = 0; call < SYSTEM_CALLS; call += 1) process.getuid!();
    return Number(process.hrtime.bigint() - start) / SYSTEM_CALLS;
  });
  return Math.round(Math.min(...rounds));
}

/**
 * Prints the rows with what was wanted, writes the JSON when a path is given, and sets the exit code
 * of the process: 1 when a target was missed.
 *
 * @param machine  taken before the load began, which is part of its load average
 */
export function conclude(name: string, machine: Machine, rows: readonly ResultRow[], jsonPath: string | undefined): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  console.log('');
  for (const each of rows) {
    const { what, value, unit, target, relation } = each;
    const wanted = target === null ? '' : `  target ${relation ?? '<='} ${target}  ${isMissed(each) ? 'MISSED' : 'met'}`;
    console.log(`${what.padEnd(width)}  ${String(value).padStart(9)} ${unit.padEnd(8)}${wanted}`);
  }
  if (jsonPath !== undefined) {
    const result: Result = { name, date: new Date().toISOString(), command: ownCommand(), machine, rows: rows.map(finite) };
    writeFileSync(jsonPath, `${JSON.stringify(result, undefined, 2)}\n`);
  }
  if (rows.some(isMissed)) process.exitCode = 1;
}

/** How this program was called, without where its result goes. */
function ownCommand(): string {
  const { npm_lifecycle_event: script = 'bench' } = process.env;
  const words = process.argv.slice(2);
  const json = words.indexOf('--json');
  const args = json < 0 ? words : words.toSpliced(json, 2);
  return `npm run ${script}${args.length === 0 ? '' : ` -- ${args.join(' ')}`}`;
}

/** JSON has no NaN; -1 says that there is no figure. */
function finite(each: ResultRow): ResultRow {
  return Number.isFinite(each.value) ? each : { ...each, value: -1 };
}

export function readResult(path: string): Result {
  return JSON.parse(readFileSync(path, 'utf8')) as Result;
}

/** The one in the middle, the upper one of two. NaN of nothing. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
