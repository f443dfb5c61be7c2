import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from './callers.ts';
import { CALLS_A_CALLEE, calleeName } from './people.ts';
import type { Scene } from './scene.ts';
import { sortedTimes, timeOf } from './times.ts';

/** Between two calls: no call finds work of the one before. */
const REST_MS = 100;
const IDLE_MS = 10_000;
/** The first calls of a process are slower: code is loaded and compiled, connections are made. */
const WARM_UP = 20;

export interface AtRest {
  readonly calls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Calls that are cancelled, one after the other: how long until the request for the message of each is there? */
export async function measureAtRest({ callers, inbox, numbers }: Scene, count: number): Promise<AtRest> {
  const calls: Call[] = [];
  for (let number = 0; number < WARM_UP + count; number += 1) {
    const call = callers.place('missed', numbers.next(), calleeName(Math.floor(number / CALLS_A_CALLEE)));
    while (call.end === undefined) await pause(5);
    calls.push(call);
    await pause(REST_MS);
  }
  await inbox.waitFor(calls.length, IDLE_MS);
  const times = sortedTimes(calls.slice(WARM_UP), await inbox.requestedAtMs());
  return { calls: count, p50Ms: timeOf(times, 0.5), p99Ms: timeOf(times, 0.99), maxMs: timeOf(times, 1), lost: count - times.length, doubled: inbox.doubled };
}
