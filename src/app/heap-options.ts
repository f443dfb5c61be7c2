import { totalmem } from 'node:os';

const MIB = 1024 * 1024;

/**
 * Half of the young generation, in MiB. What a call leaves behind for 32 s has to be copied by its collections: the
 * larger it is, the longer one of them keeps calls waiting. And a small one stays in the processor's caches. Saturated, in four
 * interleaved rounds (medians): 65.6 us a call and a 99th percentile from INVITE to 200 of 2.7 ms with 4, 72.2 us and 3.9 ms
 * with 8; in three others, with 8, 16 and 32: 67.5, 72.5 and 78.1 us, 3.3, 5.5 and 10.7 ms.
 */
const YOUNG_MIB = 4;

/**
 * The old generation may take this part of the memory before it is collected for the first time, and at most so much. What a
 * finished transaction needs to recognise retransmissions lives for 32 s (timers J, L and M), so collections in the first half
 * minute under load free nothing, and each marks all of it.
 */
const PART_OF_MEMORY = 32;
const MOST_OLD_MIB = 512;
/** With less, V8 is left to itself. */
const LEAST_OLD_MIB = 128;

/**
 * Threads that mark the old generation beside ours. With four, as many as V8 takes by itself, a process on one core is left a fifth
 * of it meanwhile: at 3,000 calls a second the 99th percentile from INVITE to 200 in runs with such a collection was 85 and
 * 99 ms, with one 32 and 35.
 */
const MARKING_THREADS = 1;

/**
 * V8's options for the process that serves SIP. Those of the old generation together, in three interleaved rounds (medians): 113 us
 * a call in place of 128 at 2,000 calls a second, 68 in place of 74 saturated, with 12 % more resident memory. Node 20, 22, 24 and 25
 * know all of them.
 *
 * @param memoryBytes of the machine, or what the process is allowed of it
 */
export function heapOptions(memoryBytes = allowedMemory()): readonly string[] {
  const oldMib = Math.min(MOST_OLD_MIB, Math.floor(memoryBytes / PART_OF_MEMORY / MIB));
  return [
    `--max-semi-space-size=${YOUNG_MIB}`,
    `--concurrent-marking-max-worker-num=${MARKING_THREADS}`,
    ...(oldMib < LEAST_OLD_MIB ? [] : [`--initial-old-space-size=${oldMib}`]),
  ];
}

/** In bytes: a container's limit counts as the machine. */
function allowedMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
