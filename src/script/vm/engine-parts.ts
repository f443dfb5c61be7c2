import { Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Row } from '../row.ts';
import type { RouteRun } from './engine.ts';
import { FailureLog } from './failure-log.ts';
import { ParkedRoutes } from './parked-routes.ts';

export interface EngineOptions<C> {
  /** The script file. `require` looks in its folder. */
  readonly path: string;
  readonly rows: readonly Row<C>[];
  readonly logger: Logger;
  readonly counters?: Counters;
  /** Instructions that one route, or the script file itself, may execute; past it the route fails. */
  readonly maxInstructions?: number;
  /** Routes that may wait at one time; past it a function that waits gives -1 and is not called. */
  readonly maxParkedRuns?: number;
  /** Longest result of `string.rep` in bytes. */
  readonly maxRepeatBytes?: number;
}

/** What every engine is built from, with its bounds: the same whichever engine runs the script. */
export interface EngineParts<C> {
  readonly path: string;
  readonly rows: readonly Row<C>[];
  readonly logger: Logger;
  readonly failures: FailureLog;
  readonly parked: ParkedRoutes;
  readonly maxInstructions: number;
  readonly maxRepeatBytes: number;
}

export function engineParts<C extends RouteRun>(options: EngineOptions<C>): EngineParts<C> {
  const { path, rows, logger, counters = new Counters() } = options;
  return {
    path,
    rows,
    logger,
    failures: new FailureLog(logger, counters),
    parked: new ParkedRoutes(options.maxParkedRuns ?? 1_000, counters),
    maxInstructions: options.maxInstructions ?? 1_000_000,
    maxRepeatBytes: options.maxRepeatBytes ?? 1_048_576,
  };
}
