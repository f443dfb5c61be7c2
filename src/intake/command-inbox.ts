import type { IncomingCommand } from '../commands/incoming-command.ts';

/**
 * Where commands are written down before anything is done about them; `db/tables/commands.ts`
 * implements it. Both calls are one statement (or one transaction): after a rejection nothing is
 * known, and the caller gives all of them again, which their ids make harmless.
 */
export interface CommandInbox {
  /**
   * Enters the commands that are not there yet, as `received`. Of an edited post that is known by its
   * first id there is no second row; whether the newer words replace the older is the inbox's business.
   *
   * @returns the ids that are new
   */
  receive(commands: readonly IncomingCommand[]): Promise<readonly string[]>;

  /** Enters the commands that are not there yet as `ignored` with that reason, so that nobody wonders; the others stay as they are. */
  ignore(commands: readonly IncomingCommand[], reason: string): Promise<void>;
}
