import { SystemClock } from '../../src/base/system-clock.ts';
import { MemoryQueue } from '../../src/testing/memory-queue.ts';
import { bundledConformance } from './bundled.conformance.ts';
import { queueConformance } from './queue.conformance.ts';

const queue = new MemoryQueue(new SystemClock());
queueConformance('in memory', () => queue);
bundledConformance('in memory', () => new MemoryQueue(new SystemClock()));
