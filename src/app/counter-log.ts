import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';

/** Writes every counter that has counted anything to the log, in one line. `docs/counters.md` says what they mean. */
export function logCounters(counters: Counters, logger: Logger): void {
  const counted = counters.all().filter(({ value }) => value > 0);
  logger.info('Counters', Object.fromEntries(counted.map(({ name, value }) => [name, value])));
}
