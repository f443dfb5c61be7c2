import type { Clock } from '../base/clock.ts';
import type { LogFields, Logger } from '../base/logger.ts';

/** Messages told apart; the oldest is forgotten for a new one, and may then be written early. */
const MAX_MESSAGES = 256;

interface Seen {
  writtenMs: number;
  suppressed: number;
}

/**
 * A logger that writes each warning and error at most once in `intervalMs`, for whatever a stranger
 * can cause as often as he likes. Lines are the same when their messages are, whatever their
 * fields; the next one that is written carries the number of those left out as `suppressed`.
 * Children share the count.
 */
export function rateLimited(logger: Logger, clock: Pick<Clock, 'monotonicMs'>, intervalMs: number): Logger {
  return new RateLimitedLogger(logger, clock, intervalMs, new Map());
}

class RateLimitedLogger implements Logger {
  readonly #logger: Logger;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #intervalMs: number;
  readonly #seen: Map<string, Seen>;

  constructor(logger: Logger, clock: Pick<Clock, 'monotonicMs'>, intervalMs: number, seen: Map<string, Seen>) {
    this.#logger = logger;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#seen = seen;
  }

  get debugEnabled(): boolean {
    return this.#logger.debugEnabled;
  }

  debug(message: string, fields?: LogFields): void {
    this.#logger.debug(message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#logger.info(message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    const suppressed = this.#pass(message);
    if (suppressed !== undefined) this.#logger.warn(message, suppressed === 0 ? fields : { ...fields, suppressed });
  }

  error(message: string, fields?: LogFields): void {
    const suppressed = this.#pass(message);
    if (suppressed !== undefined) this.#logger.error(message, suppressed === 0 ? fields : { ...fields, suppressed });
  }

  child(fields: LogFields): Logger {
    return new RateLimitedLogger(this.#logger.child(fields), this.#clock, this.#intervalMs, this.#seen);
  }

  /** How many lines like this one were left out since the last, or `undefined` when this one is left out too. */
  #pass(message: string): number | undefined {
    const nowMs = this.#clock.monotonicMs();
    const seen = this.#seen.get(message);
    if (seen !== undefined && nowMs - seen.writtenMs < this.#intervalMs) {
      seen.suppressed += 1;
      return undefined;
    }
    if (seen === undefined && this.#seen.size >= MAX_MESSAGES) this.#seen.delete(this.#seen.keys().next().value!);
    this.#seen.set(message, { writtenMs: nowMs, suppressed: 0 });
    return seen?.suppressed ?? 0;
  }
}
