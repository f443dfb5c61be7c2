import { writeFileSync } from 'node:fs';
import type { CpuTimes } from './cpu.ts';
import type { LoadFigures } from './load.ts';
import { loadAverage, thisMachine } from './machine.ts';
import type { BackendName, Options } from './options.ts';
import type { AtRest } from './rest.ts';
import { TARGETS } from './targets.ts';

interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
}

/** Collects the figures of a run, prints each as it comes, and knows whether a target was missed. */
export class Report {
  readonly #date = new Date().toISOString();
  readonly #rows: Row[] = [];
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    const { cpu, cores, node } = thisMachine();
    console.log(`${cpu}, ${cores} cores, Node ${node}; load average ${loadAverage()}`);
  }

  get isMissed(): boolean {
    return this.#rows.some(isMissed);
  }

  atRest(backend: BackendName, figures: AtRest): void {
    console.log(`\n${backend}, at rest, ${figures.calls} calls one after the other: from the CANCEL to the request for the message`);
    this.#add(`${backend}, at rest: p50`, figures.p50Ms, 'ms', TARGETS.restP50Ms);
    this.#add(`${backend}, at rest: p99`, figures.p99Ms, 'ms', TARGETS.restP99Ms);
    this.#add(`${backend}, at rest: max`, figures.maxMs, 'ms');
    this.#add(`${backend}, at rest: lost`, figures.lost, 'messages', TARGETS.lost);
    this.#add(`${backend}, at rest: doubled`, figures.doubled, 'messages', TARGETS.doubled);
  }

  /** `alone` are answered calls without missed ones beside them. */
  underLoad(backend: BackendName, { alone, together }: { readonly alone: LoadFigures | undefined; readonly together: LoadFigures }): void {
    const { seconds, rate, background } = this.#options;
    const name = `${backend}, ${rate} missed calls/s`;
    console.log(`\n${name} beside ${background} answered calls/s for ${seconds} s (load average ${loadAverage()})`);
    this.#add(`${name}: sent`, together.missed, 'messages');
    this.#add(`${name}: delivered`, together.delivered, 'messages');
    const perSecond = (together.delivered / Math.max(1, together.tookMs + together.drainMs)) * 1000;
    this.#add(`${name}: delivered a second, until the last`, perSecond, '/s');
    this.#add(`${name}: missed calls that failed`, together.missedFailed, 'calls', 0);
    this.#add(`${name}: lost`, together.lost, 'messages', TARGETS.lost);
    this.#add(`${name}: doubled`, together.doubled, 'messages', TARGETS.doubled);
    this.#add(`${name}: behind at the last CANCEL`, together.behind, 'messages');
    this.#add(`${name}: drain after the last CANCEL`, together.drainMs, 'ms', TARGETS.drainMs);
    this.#add(`${name}: CANCEL to message p50`, together.p50Ms, 'ms');
    this.#add(`${name}: CANCEL to message p99`, together.p99Ms, 'ms');
    if (alone !== undefined) {
      this.#add(`${name}: answered calls`, together.answered, 'calls');
      this.#add(`${name}: answered calls failed, without missed ones`, alone.answeredFailed, 'calls');
      this.#add(`${name}: answered calls failed, beside them`, together.answeredFailed, 'calls', alone.answeredFailed + TARGETS.addedFailures);
      printFailures('without missed calls', alone.failures);
    }
    printFailures('together', together.failures);
    if (alone !== undefined) printCpu('answered calls alone', alone);
    printCpu('together', together);
  }

  /** Writes the JSON file, when one was asked for. */
  write(): void {
    const { json } = this.#options;
    if (json === undefined) return;
    const rows = this.#rows.map(({ what, value, unit, target }) => ({ what, value, unit, target }));
    writeFileSync(json, `${JSON.stringify({ name: 'events', date: this.#date, machine: { ...thisMachine(), loadAverage: loadAverage() }, rows }, undefined, 2)}\n`);
  }

  #add(what: string, value: number, unit: string, target: number | null = null): void {
    const row: Row = { what, value: Number.isNaN(value) ? -1 : Math.round(value * 10) / 10, unit, target };
    this.#rows.push(row);
    const verdict = target === null ? '' : `   target ${target}: ${isMissed(row) ? 'MISSED' : 'kept'}`;
    console.log(`  ${row.what.slice(row.what.indexOf(': ') + 2).padEnd(50)}${String(row.value).padStart(10)} ${unit}${verdict}`);
  }
}

/** All targets are the most that may be; a figure that could not be taken is -1. */
function isMissed({ value, target }: Row): boolean {
  return target !== null && (value > target || value === -1);
}

function printFailures(when: string, failures: ReadonlyMap<string, number>): void {
  for (const [end, count] of failures) console.log(`  ${when}: ${count} × ${end}`);
}

function printCpu(when: string, { cpu, tookMs }: { readonly cpu: CpuTimes; readonly tookMs: number }): void {
  const parts = [...cpu].filter(([, ms]) => ms >= tookMs / 200).map(([part, ms]) => `${part} ${((100 * ms) / tookMs).toFixed(0)} %`);
  const allMs = [...cpu.values()].reduce((sum, ms) => sum + ms, 0);
  console.log(`  CPU of a core, ${when}: ${parts.join(', ')}; all ${((100 * allMs) / tookMs).toFixed(0)} %`);
}
