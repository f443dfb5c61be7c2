/** What is wanted of each figure, in one place. A measurement that misses its target ends with exit code 1. */
export interface Target {
  readonly value: number;
  readonly relation: '<=' | '>=';
}

const atMost = (value: number): Target => ({ value, relation: '<=' });

export const TARGETS = {
  /** CPU per call, ours divided by Kamailio's with its fastest allocator; UDP in batches. */
  ratioPaced: atMost(0.6),
  ratioSaturated: atMost(0.45),
  /** The same over node:dgram, at every rate. */
  ratioDgram: atMost(1.1),
  /** 99th percentile from INVITE to 200, ours divided by Kamailio's. */
  p99Ratio: atMost(1),
  failedCalls: atMost(0),
  /** CPU per call, the script in Lua divided by the same in TypeScript. */
  luaPrice: atMost(1.1),
  /** CPU per call with many users or dialogs, divided by that with few: "flat", within the noise of this measurement. */
  scaleRatio: atMost(1.15),
  /** Resident memory when all calls are over, divided by that before them. */
  memoryRatio: atMost(1.1),
  /** 99th percentile from INVITE to 200 in the first two seconds of a process. */
  coldP99Ms: atMost(20),
} as const satisfies Readonly<Record<string, Target>>;

export function isMet(value: number, { value: bound, relation }: Target): boolean {
  return relation === '<=' ? value <= bound : value >= bound;
}
