/** Lua's patterns, read once and kept: scripts use the same few again and again (Lua 5.3 reference manual, §6.4.1). */
import { ANY_BYTE, bracketSet, escapedSet, NO_BYTE, singleByte, type ByteSet } from './byte-set.ts';

export const MAX_CAPTURES = 32;
/** Patterns that are kept; past it the oldest one is read again when it comes again. */
const MAX_KEPT = 256;

export type ItemKind =
  | 'one'
  | 'optional'
  | 'greedy'
  | 'lazy'
  | 'open'
  | 'position'
  | 'close'
  | 'balance'
  | 'frontier'
  | 'back'
  | 'end'
  | 'malformed';

/** All items have one shape, which keeps the matcher's accesses monomorphic. */
export interface Item {
  readonly kind: ItemKind;
  /** What a repeated or single byte, or a frontier, is compared with. */
  readonly set: ByteSet;
  /** `greedy`: fewest repetitions. `open`, `position`, `close`, `back`: which capture, from 0. `balance`: the opening byte. */
  readonly number: number;
  /** `balance`: the closing byte. */
  readonly closing: number;
  /** `malformed`: the error of a match that gets here, as Lua reads a pattern while it matches. */
  readonly error: string;
}

export interface Pattern {
  /** Begins with `^`. */
  readonly anchored: boolean;
  readonly items: readonly Item[];
  readonly captures: number;
  /** What a match begins with; empty when that is not known. */
  readonly prefix: string;
  /** What `find` may look for instead; a pattern without special characters is no pattern to it, not even a wrong one. */
  readonly literal: string | undefined;
  /** What the first byte of a match is one of; undefined when it may be any, or a match may be empty. */
  readonly firstByte: ByteSet | undefined;
}

const SPECIALS = /[\^$*+?.([%-]/;

const kept = new Map<string, Pattern>();

export function patternOf(text: string): Pattern {
  let pattern = kept.get(text);
  if (pattern === undefined) {
    pattern = readPattern(text);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(text, pattern);
  }
  return pattern;
}

function item(kind: ItemKind, fields: Partial<Omit<Item, 'kind'>> = {}): Item {
  const { set = ANY_BYTE, number = 0, closing = 0, error = '' } = fields;
  return { kind, set, number, closing, error };
}

function readPattern(text: string): Pattern {
  const reader = new PatternReader(text);
  const { items } = reader;
  let literals = 0;
  while (items[literals]?.kind === 'one' && reader.bytes[literals] !== undefined) literals += 1;
  const first = items.find(({ kind }) => kind !== 'open' && kind !== 'position' && kind !== 'close');
  const consumes = first?.kind === 'one' || (first?.kind === 'greedy' && first.number > 0);
  const prefix = reader.bytes.slice(0, literals).join('');
  return {
    anchored: reader.anchored,
    items,
    captures: reader.captures,
    prefix,
    literal: !SPECIALS.test(text) ? text : !reader.anchored && literals === items.length ? prefix : undefined,
    firstByte: consumes && first.set !== ANY_BYTE ? first.set : undefined,
  };
}

/** Reads a pattern from left to right. Behind something malformed nothing is read: no match gets there. */
class PatternReader {
  readonly items: Item[] = [];
  /** Of each item: the byte that it stands for, when it is exactly one. */
  readonly bytes: (string | undefined)[] = [];
  readonly anchored: boolean;
  captures = 0;
  readonly #text: string;
  readonly #open: number[] = [];
  readonly #positions: number[] = [];
  #at: number;

  constructor(text: string) {
    this.#text = text;
    this.anchored = text.startsWith('^');
    this.#at = this.anchored ? 1 : 0;
    while (this.#at < text.length) {
      const next = this.#readItem();
      this.items.push(next);
      if (next.kind === 'malformed') break;
    }
  }

  #readItem(): Item {
    const character = this.#text[this.#at]!;
    const following = this.#text[this.#at + 1];
    if (character === '(') return this.#openCapture(following === ')');
    if (character === ')') return this.#closeCapture();
    if (character === '$' && following === undefined) {
      this.#at += 1;
      return item('end');
    }
    if (character === '%') {
      if (following === 'b') return this.#readBalance();
      if (following === 'f') return this.#readFrontier();
      if (following !== undefined && following >= '0' && following <= '9') return this.#readBackReference(Number(following) - 1);
    }
    return this.#readSingle();
  }

  #openCapture(position: boolean): Item {
    if (this.captures >= MAX_CAPTURES) return item('malformed', { error: 'too many captures' });
    const number = this.captures;
    this.captures += 1;
    this.#at += position ? 2 : 1;
    if (position) {
      this.#positions.push(number);
      return item('position', { number });
    }
    this.#open.push(number);
    return item('open', { number });
  }

  #closeCapture(): Item {
    this.#at += 1;
    const number = this.#open.pop();
    return number === undefined ? item('malformed', { error: 'invalid pattern capture' }) : item('close', { number });
  }

  #readBalance(): Item {
    const opening = this.#at + 2;
    if (opening + 1 >= this.#text.length) {
      return item('malformed', { error: "malformed pattern (missing arguments to '%b')" });
    }
    this.#at += 4;
    return item('balance', { number: this.#text.charCodeAt(opening), closing: this.#text.charCodeAt(opening + 1) });
  }

  #readFrontier(): Item {
    this.#at += 2;
    if (this.#text[this.#at] !== '[') return item('malformed', { error: "missing '[' after '%f' in pattern" });
    const set = this.#readSet();
    return typeof set === 'string' ? item('malformed', { error: set }) : item('frontier', { set });
  }

  #readBackReference(number: number): Item {
    this.#at += 2;
    if (number < 0 || number >= this.captures || this.#open.includes(number)) {
      return item('malformed', { error: `invalid capture index %${number + 1}` });
    }
    // A position has no text that could come again.
    return this.#positions.includes(number) ? item('one', { set: NO_BYTE }) : item('back', { number });
  }

  #readSingle(): Item {
    const start = this.#at;
    const set = this.#readSet();
    if (typeof set === 'string') return item('malformed', { error: set });
    const suffix = this.#text[this.#at];
    if (suffix === '?' || suffix === '*' || suffix === '+' || suffix === '-') {
      this.#at += 1;
      if (suffix === '?') return item('optional', { set });
      return suffix === '-' ? item('lazy', { set }) : item('greedy', { set, number: suffix === '+' ? 1 : 0 });
    }
    const written = this.#text.slice(start, this.#at);
    const byte = written.length === 2 ? written[1]! : written;
    if (set === singleByte(byte.charCodeAt(0))) this.bytes[this.items.length] = byte;
    return item('one', { set });
  }

  /** The set that begins here; a text when it is malformed. */
  #readSet(): ByteSet | string {
    const text = this.#text;
    const character = text[this.#at]!;
    this.#at += 1;
    if (character === '%') {
      const escaped = text[this.#at];
      if (escaped === undefined) return "malformed pattern (ends with '%')";
      this.#at += 1;
      return escapedSet(escaped);
    }
    if (character === '.') return ANY_BYTE;
    if (character !== '[') return singleByte(character.charCodeAt(0));
    const start = this.#at;
    let at = start + (text[start] === '^' ? 1 : 0);
    // A bracket that comes first is one of the set.
    do {
      if (at >= text.length) return "malformed pattern (missing ']')";
      at += text[at] === '%' && at + 1 < text.length ? 2 : 1;
    } while (text[at] !== ']');
    this.#at = at + 1;
    return bracketSet(text.slice(start, at));
  }
}
