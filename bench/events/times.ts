import type { Call } from './callers.ts';

/** From CANCEL to message, in milliseconds, the shortest first; without those that never came. Arrivals are by caller. */
export function sortedTimes(calls: readonly Call[], arrivedAtMs: ReadonlyMap<string, number>): readonly number[] {
  const times = calls.flatMap(({ name, cancelledAtMs }) => {
    const atMs = arrivedAtMs.get(name);
    return atMs === undefined || cancelledAtMs === undefined ? [] : [atMs - cancelledAtMs];
  });
  return times.sort((a, b) => a - b);
}

/** The time that this part of all is not longer than; `part` is 0 to 1. NaN of none. */
export function timeOf(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
