import { loadavg } from 'node:os';
import { conclude, row, thisMachine, type ResultRow } from '../result.ts';
import type { CpuTimes } from './cpu.ts';
import type { LoadFigures } from './load.ts';
import type { BackendName, Options } from './options.ts';
import type { AtRest } from './rest.ts';
import { TARGETS } from './targets.ts';

/** All targets of this measurement are the most that may be. */
const atMost = (value: number) => ({ value, relation: '<=' }) as const;

/** Collects the figures of a run; prints at once what explains them, and the figures at the end. */
export class Report {
  readonly #machine = thisMachine();
  readonly #rows: ResultRow[] = [];
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    const { cpu, cores, node, loadAverage } = this.#machine;
    console.log(`${cpu}, ${cores} cores, Node ${node}; load average ${loadAverage} before the run`);
  }

  atRest(backend: BackendName, { calls, p50Ms, p99Ms, maxMs, lost, doubled }: AtRest): void {
    const name = `${backend}, ${calls} calls at rest`;
    this.#rows.push(
      row(`${name}: CANCEL to request, p50`, p50Ms, 'ms', atMost(TARGETS.restP50Ms)),
      row(`${name}: CANCEL to request, p99`, p99Ms, 'ms', atMost(TARGETS.restP99Ms)),
      row(`${name}: CANCEL to request, max`, maxMs, 'ms'),
      row(`${name}: lost`, lost, 'messages', atMost(TARGETS.lost)),
      row(`${name}: doubled`, doubled, 'messages', atMost(TARGETS.doubled)),
    );
    console.log(`${name}: done (load average ${loadavg()[0]!.toFixed(1)})`);
  }

  /** `alone` are answered calls without missed ones beside them. */
  underLoad(backend: BackendName, { alone, together }: { readonly alone: LoadFigures | undefined; readonly together: LoadFigures }): void {
    const { seconds, rate, background } = this.#options;
    const name = `${backend}, ${rate} missed and ${background} answered calls/s for ${seconds} s`;
    const deliveredPerSecond = (together.delivered / Math.max(1, together.tookMs + together.drainMs)) * 1000;
    this.#rows.push(
      row(`${name}: sent`, together.missed, 'messages'),
      row(`${name}: delivered`, together.delivered, 'messages'),
      row(`${name}: delivered until the last`, deliveredPerSecond, '/s'),
      row(`${name}: missed calls failed`, together.missedFailed, 'calls', atMost(0)),
      row(`${name}: lost`, together.lost, 'messages', atMost(TARGETS.lost)),
      row(`${name}: doubled`, together.doubled, 'messages', atMost(TARGETS.doubled)),
      row(`${name}: behind at the last CANCEL`, together.behind, 'messages'),
      row(`${name}: drain after the last CANCEL`, together.drainMs, 'ms', atMost(TARGETS.drainMs)),
      row(`${name}: CANCEL to message, p50`, together.p50Ms, 'ms'),
      row(`${name}: CANCEL to message, p99`, together.p99Ms, 'ms'),
    );
    if (alone !== undefined) {
      this.#rows.push(
        row(`${name}: answered calls failed without missed ones`, alone.answeredFailed, 'calls'),
        row(`${name}: answered calls failed beside them`, together.answeredFailed, 'calls', atMost(alone.answeredFailed + TARGETS.addedFailures)),
      );
    }
    for (const [part, ms] of together.cpu) this.#rows.push(row(`${name}: CPU of ${part}`, (100 * ms) / together.tookMs, '% of a core'));
    console.log(`${name}: done (load average ${loadavg()[0]!.toFixed(1)})`);
    if (alone !== undefined) printDetails('answered calls alone', alone);
    printDetails('together', together);
  }

  /** Prints the figures, writes the file that was asked for, and sets the exit code. */
  conclude(): void {
    conclude('events', this.#machine, this.#rows, this.#options.json);
  }
}

function printDetails(when: string, { failures, cpu, tookMs }: { readonly failures: LoadFigures['failures']; readonly cpu: CpuTimes; readonly tookMs: number }): void {
  for (const [end, count] of failures) console.log(`  ${when}: ${count} × ${end}`);
  const parts = [...cpu].map(([part, ms]) => `${part} ${((100 * ms) / tookMs).toFixed(0)} %`);
  const allMs = [...cpu.values()].reduce((sum, ms) => sum + ms, 0);
  console.log(`  CPU of a core, ${when}: ${parts.join(', ')}; all ${((100 * allMs) / tookMs).toFixed(0)} %`);
}
