import type { Counter, Counters } from '../../base/counters.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { RouteRun } from './engine.ts';

/** Where in a script something happened, for a log line. */
export interface Place {
  /** `file:line` of the innermost Lua function; undefined when there is none. */
  readonly at: string | undefined;
  /** The callback that was called. */
  readonly callback: string | undefined;
  readonly callId: string | undefined;
}

/** What the engines say in the log, so that both say the same. */
export class FailureLog {
  readonly #logger: Logger;
  readonly #errors: Counter;

  constructor(logger: Logger, counters: Counters) {
    this.#logger = logger;
    this.#errors = counters.define('script.errors', 'Routes that ended with an error in the script');
  }

  /** Something that the script did wrong. */
  complain(message: string, { at, callback, callId }: Place): void {
    this.#logger.error(message, { at, function: callback, callId });
  }

  /** The script has failed: the route's run is marked, and counted. */
  scriptFailed(message: string, run: RouteRun, place: Place): void {
    this.#errors.value += 1;
    run.failed = true;
    this.complain(`script error: ${message}`, place);
  }

  /** A row threw: a fault of this program, not of the script. */
  rowThrew(thrown: unknown, callId: string | undefined): void {
    this.#logger.error('A KSR function threw', { callId, stack: thrown instanceof Error ? thrown.stack : undefined });
  }

  /** Tells a route that was parked that it has ended. */
  complete(run: RouteRun): void {
    try {
      run.onCompleted();
    } catch (thrown) {
      this.#logger.error(`onCompleted failed: ${errorText(thrown)}`, { callId: run.callId });
    }
  }
}
