import { setTimeout as pause } from 'node:timers/promises';
import type { Call, CallKind } from './callers.ts';
import { cpuSince, cpuTimes, type CpuTimes } from './cpu.ts';
import type { Scene } from './scene.ts';
import { calleeName } from './people.ts';
import { sortedTimes, timeOf } from './times.ts';

const TICK_MS = 4;
const LOOK_EVERY_MS = 1000;
/** Nothing new for so long: what is not there by now is lost. */
const IDLE_MS = 20_000;

export interface LoadOptions {
  readonly seconds: number;
  readonly missedPerSecond: number;
  readonly answeredPerSecond: number;
  readonly callees: number;
}

export interface LoadFigures {
  readonly answered: number;
  readonly answeredFailed: number;
  /** Missed calls whose caller came as far as the end of his CANCEL. */
  readonly missed: number;
  readonly missedFailed: number;
  readonly delivered: number;
  readonly lost: number;
  readonly doubled: number;
  /** Messages that were still to come at the last CANCEL. */
  readonly behind: number;
  /** From the last CANCEL to the last message, in milliseconds. */
  readonly drainMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Why calls failed, with how many each. */
  readonly failures: ReadonlyMap<string, number>;
  /** CPU of each part while the calls were placed. */
  readonly cpu: CpuTimes;
  readonly tookMs: number;
}

/** Calls at an even rate of each kind, and what became of all of them. */
export async function runLoad(scene: Scene, options: LoadOptions): Promise<LoadFigures> {
  const { callers, inbox, service, others } = scene;
  const doubledBefore = inbox.doubled;
  const arrivedBefore = inbox.arrivedAtMs.size;
  const cpuBefore = await cpuTimes(service.pid, others);
  const startMs = performance.now();
  const { missed, answered } = await placeCalls(scene, options);
  const cpu = cpuSince(cpuBefore, await cpuTimes(service.pid, others));
  const tookMs = performance.now() - startMs;
  while (callers.running > 0) await pause(50);
  const cancelled = missed.filter(({ cancelledAtMs }) => cancelledAtMs !== undefined);
  await inbox.waitFor(arrivedBefore + cancelled.length, IDLE_MS);

  const lastCancelMs = Math.max(...cancelled.map((call) => call.cancelledAtMs!));
  const arrivals = cancelled.flatMap(({ name }) => inbox.arrivedAtMs.get(name) ?? []);
  const times = sortedTimes(cancelled, inbox.arrivedAtMs);
  return {
    answered: answered.length,
    answeredFailed: answered.filter(hasFailed).length,
    missed: cancelled.length,
    missedFailed: missed.filter(hasFailed).length,
    delivered: arrivals.length,
    lost: cancelled.length - arrivals.length,
    doubled: inbox.doubled - doubledBefore,
    behind: arrivals.filter((atMs) => atMs > lastCancelMs).length + cancelled.length - arrivals.length,
    drainMs: Math.max(0, Math.max(...arrivals) - lastCancelMs),
    p50Ms: timeOf(times, 0.5),
    p99Ms: timeOf(times, 0.99),
    failures: countedEnds([...missed, ...answered].filter(hasFailed)),
    cpu,
    tookMs,
  };
}

async function placeCalls({ callers, inbox, numbers }: Scene, options: LoadOptions): Promise<{ missed: Call[]; answered: Call[] }> {
  const { seconds, missedPerSecond, answeredPerSecond, callees } = options;
  const kinds: { readonly kind: CallKind; readonly perSecond: number; readonly calls: Call[] }[] = [
    { kind: 'missed', perSecond: missedPerSecond, calls: [] },
    { kind: 'answered', perSecond: answeredPerSecond, calls: [] },
  ];
  const startMs = performance.now();
  let lookedMs = startMs;
  for (let elapsedS = 0; elapsedS < seconds; ) {
    await pause(TICK_MS);
    const nowMs = performance.now();
    elapsedS = Math.min((nowMs - startMs) / 1000, seconds);
    for (const { kind, perSecond, calls } of kinds) {
      while (calls.length < Math.floor(elapsedS * perSecond)) calls.push(callers.place(kind, numbers.next(), calleeName(calls.length % callees)));
    }
    if (nowMs - lookedMs > LOOK_EVERY_MS) {
      lookedMs = nowMs;
      void inbox.look();
    }
  }
  return { missed: kinds[0]!.calls, answered: kinds[1]!.calls };
}

function hasFailed({ end }: Call): boolean {
  return end !== 'as wanted';
}

function countedEnds(calls: readonly Call[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, end } of calls) counts.set(`${kind} ${end}`, (counts.get(`${kind} ${end}`) ?? 0) + 1);
  return counts;
}
