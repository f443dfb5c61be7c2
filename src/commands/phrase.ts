/** Phrases of the grammar: `move|reschedule {number} to {when}`. */
import { foldWord } from './normalise.ts';
import { SLOT_WIDTHS, type SlotName } from './slot-names.ts';
import type { Token } from './tokens.ts';

interface WordPart {
  readonly words: ReadonlySet<string>;
  readonly optional: boolean;
}

interface SlotPart {
  readonly slot: SlotName;
  readonly optional: boolean;
}

type Part = WordPart | SlotPart;

export interface Phrase {
  readonly parts: readonly Part[];
  /** The first words that it cannot go without; empty when it may begin with a slot. */
  readonly heads: readonly string[];
  /** Whether its verb is one word, and no other has to follow. */
  readonly oneWord: boolean;
  readonly slots: readonly SlotName[];
  /** Smallest and largest number of tokens from each part on, with every slot empty and at its widest. */
  readonly least: readonly number[];
  readonly most: readonly number[];
}

/** Where a slot stands in the tokens. A slot that must not be missing and is has no width. */
export interface SlotRange {
  readonly slot: SlotName;
  readonly optional: boolean;
  readonly from: number;
  readonly to: number;
}

/** One way in which a phrase covers all tokens. */
export interface Match {
  readonly words: number;
  readonly ranges: readonly SlotRange[];
}

/** Reads the notation of `words/*.ts`. Throws on a slot that does not exist: a test reads all of them. */
export function compilePhrase(text: string): Phrase {
  const parts = text.split(' ').map(compilePart);
  const required = parts.filter((part) => 'slot' in part || !part.optional);
  const first = required[0]!;
  const least = [0];
  const most = [0];
  for (const part of [...parts].reverse()) {
    least.unshift(least[0]! + ('words' in part && !part.optional ? 1 : 0));
    most.unshift(most[0]! + ('words' in part ? 1 : SLOT_WIDTHS[part.slot]));
  }
  return {
    parts,
    heads: 'words' in first ? [...first.words] : [],
    oneWord: required[1] === undefined || 'slot' in required[1],
    slots: parts.flatMap((part) => ('slot' in part ? [part.slot] : [])),
    least,
    most,
  };
}

function compilePart(text: string): Part {
  const slot = /^\{([a-z]+)(\??)\}$/.exec(text);
  if (slot) {
    const name = slot[1] as SlotName;
    if (!(name in SLOT_WIDTHS)) throw new TypeError(`No slot is called ${name}`);
    return { slot: name, optional: slot[2] === '?' };
  }
  const optional = text.startsWith('(');
  return { words: new Set(text.replace(/[()]/g, '').split('|').map(foldWord)), optional };
}

/**
 * Every way in which `phrase` covers the tokens from the first to the last, the likeliest first: names and
 * times as wide as can be, texts as narrow as can be, slots missing at the very end.
 */
export function* matchesOf(phrase: Phrase, tokens: readonly Token[], part = 0, at = 0, words = 0): Generator<Match> {
  const rest = tokens.length - at;
  if (rest < phrase.least[part]! || rest > phrase.most[part]!) return;
  const current = phrase.parts[part];
  if (current === undefined) {
    yield { words, ranges: [] };
    return;
  }
  if ('words' in current) {
    const token = tokens[at];
    if (token !== undefined && current.words.has(token.word)) yield* matchesOf(phrase, tokens, part + 1, at + 1, words + 1);
    if (current.optional) yield* matchesOf(phrase, tokens, part + 1, at, words);
    return;
  }
  for (const width of widths(current.slot, rest - phrase.most[part + 1]!, rest - phrase.least[part + 1]!)) {
    const range = { slot: current.slot, optional: current.optional, from: at, to: at + width };
    for (const match of matchesOf(phrase, tokens, part + 1, at + width, words)) yield { words: match.words, ranges: [range, ...match.ranges] };
  }
}

/** The widths to try, in order: what must follow bounds them on both sides. */
function* widths(slot: SlotName, least: number, most: number): Generator<number> {
  const from = Math.max(1, least);
  const to = Math.min(SLOT_WIDTHS[slot], most);
  if (SLOT_WIDTHS[slot] === Infinity) for (let width = from; width <= to; width += 1) yield width;
  else for (let width = to; width >= from; width -= 1) yield width;
  if (least <= 0) yield 0;
}
