/** What the kind of a message decides about its delivery. `LEDGER_KINDS` says what the kinds are. */
import type { LedgerEntry } from '../../db/tables/ledger-entry.ts';

type Kind = Pick<LedgerEntry, 'kind'>;

/** An answer to somebody's own words: goes the way that they came, to whoever wrote them, linked or not. */
export function isAnswer({ kind }: Kind): boolean {
  return kind === 'answer' || kind === 'farewell';
}

/** What a spent budget does not stop. */
export function isEssential({ kind }: Kind): boolean {
  return kind === 'farewell';
}

/** What waits for the end of quiet hours and of a storm, to be told in a digest. */
export function isHoldable({ kind }: Kind): boolean {
  return kind === 'direct-message' || kind === 'instant-message';
}

/** What the routing script is told the end of: the events that it has produced. */
export function isReported({ kind }: Kind): boolean {
  return kind === 'direct-message' || kind === 'instant-message';
}
