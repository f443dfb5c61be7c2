import { totalmem } from 'node:os';

const MIB = 1024 * 1024;

/**
 * Half of the young generation, in MiB. Little of a call survives it (see `FinishedTransactions`), so the rarer its collections are
 * the better, as each reads the list of the old pages; with more, calls wait longer for one when many ring at the same time. In nine
 * rounds of bursts that alternate between servers, with 16 in place of 4: 0.93 of the processor time at 2,000 calls a second, a 99th
 * percentile from INVITE to 200 of 0.4 ms in place of 0.6; saturated 0.98, and 2.7 ms in place of 2.1. What 32 gave, with one thread to copy, was within 4 % of 16.
 */
const YOUNG_MIB = 16;

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

/**
 * For the same process: glibc takes a block of 128 KiB and more from the system by itself when it has none left, and gives it back when
 * it is free. That is what it starts with; without this the size grows to that of the largest block that was ever freed, and of what
 * `FinishedTransactions` had taken for 120,000 calls 110 MiB stayed with the process. Other C libraries do not read it.
 */
export const HEAP_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_MMAP_THRESHOLD_: '131072' };

/** In bytes: a container's limit counts as the machine. */
function allowedMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
