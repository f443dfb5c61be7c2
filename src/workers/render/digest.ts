import type { LedgerEntry } from '../../db/tables/ledger-entry.ts';
import { textsFor } from './catalogue.ts';
import { localTime } from './local-time.ts';
import { plainText } from './plain-text.ts';
import { withoutReference } from './reference.ts';

/** Callers that are named; past it their number is said. */
const MOST_CALLERS = 20;
/** Instant messages that are quoted; past it their number is said. */
const MOST_MESSAGES = 50;
/** Code points that the quoted messages share, so that none is lost for the length of another. */
const QUOTED_LENGTH = 8_000;

type Member = Pick<LedgerEntry, 'id' | 'kind' | 'content' | 'counterparty' | 'createdAt'>;

/**
 * What a digest says of its members:
 *
 *     4 missed calls from 2 callers, 1 message:
 *     alice@example.com: 3, last at 06:40 (Mon 23 Nov)
 *     carol@example.com: 1, at 23:15 (Sun 22 Nov)
 *     From "Dave" <dave@example.com>: see you at nine
 *
 * A single one is told as it would have been by itself. The same members give the same text.
 */
export function digestText(members: readonly Member[], reader: { readonly locale: string; readonly timeZone: string }): string {
  const [only, ...others] = members;
  if (only === undefined) return '';
  if (others.length === 0) return withoutReference(only.content, only.id);
  const texts = textsFor(reader.locale);
  const messages = members.filter(({ kind }) => kind === 'instant-message');
  const calls = members.filter(({ kind }) => kind !== 'instant-message');
  const callers = byCaller(calls);
  const lines = callers.slice(0, MOST_CALLERS).map(([caller, own]) =>
    texts.digestCaller({ caller: caller ?? texts.anonymousCaller, calls: own.length, last: localTime(own.at(-1)!.createdAt.getTime(), reader.timeZone) }),
  );
  const lengthOfOne = Math.floor(QUOTED_LENGTH / Math.max(1, Math.min(messages.length, MOST_MESSAGES)));
  const quotes = messages.slice(0, MOST_MESSAGES).map(({ id, content }) => plainText(withoutReference(content, id), lengthOfOne));
  const left = Math.max(0, callers.length - MOST_CALLERS) + Math.max(0, messages.length - MOST_MESSAGES);
  return [
    texts.digest({ calls: calls.length, callers: callers.length, messages: messages.length }),
    ...lines,
    ...quotes,
    ...(left > 0 ? [texts.andMore(left)] : []),
  ].join('\n');
}

/** The calls of each caller, who called most first. */
function byCaller(calls: readonly Member[]): readonly (readonly [string | undefined, readonly Member[]])[] {
  const groups = new Map<string | undefined, Member[]>();
  for (const call of calls) {
    const group = groups.get(call.counterparty);
    if (group === undefined) groups.set(call.counterparty, [call]);
    else group.push(call);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}
