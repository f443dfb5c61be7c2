import type { Logger } from '../../../base/logger.ts';
import type { KsrValue } from '../../row.ts';
import type { ParkedRoutes } from '../parked-routes.ts';
import type { LuaState } from './fengari.ts';
import type { ResultPush } from './values.ts';

/** One run of a script function, or of the script file itself, on its own Lua thread. */
export interface Execution<C> {
  /** The context that rows get; undefined while the script file is executed, when there is no message. */
  readonly route: C | undefined;
  /** The function that was called, for log lines. */
  readonly name: string;
  /** Undefined while the script file is executed. */
  readonly callId: string | undefined;
  readonly thread: LuaState;
  /** Instructions executed so far, in the steps of the count hook; kept while the run is parked. */
  instructions: number;
  /** What a waiting row left behind just before it yielded. */
  waiting: Waiting | undefined;
}

/** A promise that a parked execution waits for, and how its value reaches the script. */
export interface Waiting {
  readonly label: string;
  readonly promise: Promise<KsrValue | void>;
  readonly push: ResultPush;
  readonly pushFailure: (L: LuaState) => void;
}

/**
 * What the functions that Lua calls share with the engine. There is one active execution at a
 * time: the engine sets it around every entry into Lua and restores the outer one behind it, so a
 * function that Lua calls always belongs to `active`.
 */
export interface Scene<C> {
  active: Execution<C> | undefined;
  readonly parked: ParkedRoutes;
  readonly logger: Logger;
  /** Writes an error line with the script position of the caller, function and Call-ID. */
  complain(L: LuaState, message: string): void;
}
