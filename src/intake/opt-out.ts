import type { IncomingCommand } from '../commands/incoming-command.ts';
import { parseCommand } from '../commands/parse-command.ts';

/** No wish to be left alone is longer, and texts of strangers are not to cost time twice. */
const LONGEST = 200;

/**
 * Whether somebody wants to be left alone. That counts however late it is read, after an outage of ours too;
 * everything else that is old is not carried out any more.
 */
export function isOptOut({ text, postedAtMs }: IncomingCommand, botName: string): boolean {
  if (text.length > LONGEST) return false;
  const parsed = parseCommand(text, { nowMs: postedAtMs, zone: 'UTC', locale: 'en', region: undefined, botName });
  return parsed.ok && parsed.command.verb === 'unlink';
}
