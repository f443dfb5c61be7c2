/** Matches patterns: Lua's own backtracking, so that the same match is found and the same errors are raised. */
import { LuaError } from '../../runtime/lua-error.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { LuaValue, Results } from '../../runtime/value.ts';
import type { ByteSet } from './byte-set.ts';
import type { Item, Pattern } from './pattern.ts';

/** How deep repetitions and captures may be nested in one match; Lua's MAXCCALLS. */
const MAX_DEPTH = 200;
/** Stand for the end of a capture: of one that is a position, and of one that is not closed. */
const POSITION = -1;
const UNFINISHED = -2;
const NO_MATCH = -1;

/**
 * What is being matched, and the captures of the last match. One serves all calls: nothing of the script runs during a match.
 * Every try and every repetition counts as an instruction, so the instruction limit ends a pattern that goes wild.
 */
export class Matcher {
  readonly #runtime: Runtime;
  #subject = '';
  #items: readonly Item[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Where the match that `search` found ends. */
  end = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Where the first match at or after `from` begins; -1 when there is none. */
  search(pattern: Pattern, subject: string, from: number): number {
    if (pattern.anchored) {
      this.end = this.matchAt(pattern, subject, from);
      return this.end === NO_MATCH ? NO_MATCH : from;
    }
    for (let start = from; start <= subject.length; start += 1) {
      start = this.#candidate(pattern, subject, start);
      if (start === NO_MATCH) return NO_MATCH;
      this.end = this.matchAt(pattern, subject, start);
      if (this.end !== NO_MATCH) return start;
    }
    return NO_MATCH;
  }

  /** Where the match at `start` ends; -1 when there is none. */
  matchAt(pattern: Pattern, subject: string, start: number): number {
    this.#subject = subject;
    this.#items = pattern.items;
    return this.#match(start, 0, MAX_DEPTH);
  }

  /** The first place at or after `from` where a match may begin. */
  #candidate(pattern: Pattern, subject: string, from: number): number {
    const { prefix, firstByte } = pattern;
    if (prefix !== '') return subject.indexOf(prefix, from);
    if (firstByte === undefined) return from;
    let at = from;
    while (at < subject.length && firstByte[subject.charCodeAt(at)] === 0) at += 1;
    this.#runtime.charge(at - from);
    return at < subject.length ? at : NO_MATCH;
  }

  /** A capture of a match; the whole match when the pattern has none and the first is meant. */
  capture(pattern: Pattern, number: number, start: number, end: number): LuaValue {
    if (number >= pattern.captures) {
      if (number === 0) return this.#subject.slice(start, end);
      throw new LuaError(`invalid capture index %${number + 1}`);
    }
    const from = this.#starts[number]!;
    const to = this.#ends[number]!;
    if (to === UNFINISHED) throw new LuaError('unfinished capture');
    return to === POSITION ? from + 1 : this.#subject.slice(from, to);
  }

  /** All captures; the whole match when the pattern has none. */
  captures(pattern: Pattern, start: number, end: number): LuaValue | Results {
    if (pattern.captures <= 1) return this.capture(pattern, 0, start, end);
    const values: LuaValue[] = [];
    for (let number = 0; number < pattern.captures; number += 1) values.push(this.capture(pattern, number, start, end));
    return values;
  }

  /** A part of the subject. */
  text(start: number, end: number): string {
    return this.#subject.slice(start, end);
  }

  #match(start: number, first: number, depthLeft: number): number {
    this.#runtime.charge(1);
    const subject = this.#subject;
    const items = this.#items;
    let at = start;
    let depth = depthLeft;
    for (let index = first; ; index += 1) {
      if (depth === 0) throw new LuaError('pattern too complex');
      if (index === items.length) return at;
      const item = items[index]!;
      switch (item.kind) {
        case 'one':
          if (at >= subject.length || item.set[subject.charCodeAt(at)] === 0) return NO_MATCH;
          at += 1;
          break;
        case 'optional':
          if (at < subject.length && item.set[subject.charCodeAt(at)] === 1) {
            const end = this.#match(at + 1, index + 1, depth - 1);
            if (end !== NO_MATCH) return end;
          }
          break;
        case 'greedy':
          return this.#matchGreedy(item, at, index + 1, depth - 1);
        case 'lazy':
          return this.#matchLazy(item.set, at, index + 1, depth - 1);
        case 'open':
          this.#starts[item.number] = at;
          this.#ends[item.number] = UNFINISHED;
          depth -= 1;
          break;
        case 'position':
          this.#starts[item.number] = at;
          this.#ends[item.number] = POSITION;
          depth -= 1;
          break;
        case 'close':
          this.#ends[item.number] = at;
          depth -= 1;
          break;
        case 'balance':
          at = this.#matchBalance(item, at);
          if (at === NO_MATCH) return NO_MATCH;
          break;
        case 'frontier':
          // The ends of the subject count as zero bytes.
          if (item.set[at === 0 ? 0 : subject.charCodeAt(at - 1)] === 1) return NO_MATCH;
          if (item.set[at === subject.length ? 0 : subject.charCodeAt(at)] === 0) return NO_MATCH;
          break;
        case 'back': {
          const captured = subject.slice(this.#starts[item.number]!, this.#ends[item.number]!);
          if (!subject.startsWith(captured, at)) return NO_MATCH;
          at += captured.length;
          break;
        }
        case 'end':
          return at === subject.length ? at : NO_MATCH;
        case 'malformed':
          throw new LuaError(item.error);
      }
    }
  }

  #matchGreedy(item: Item, start: number, next: number, depth: number): number {
    const subject = this.#subject;
    const { set } = item;
    let at = start;
    while (at < subject.length && set[subject.charCodeAt(at)] === 1) at += 1;
    this.#runtime.charge(at - start);
    const fewest = start + item.number;
    if (next === this.#items.length) return at < fewest ? NO_MATCH : at;
    for (; at >= fewest; at -= 1) {
      const end = this.#match(at, next, depth);
      if (end !== NO_MATCH) return end;
    }
    return NO_MATCH;
  }

  #matchLazy(set: ByteSet, start: number, next: number, depth: number): number {
    const subject = this.#subject;
    for (let at = start; ; at += 1) {
      const end = this.#match(at, next, depth);
      if (end !== NO_MATCH) return end;
      if (at >= subject.length || set[subject.charCodeAt(at)] === 0) return NO_MATCH;
    }
  }

  #matchBalance(item: Item, start: number): number {
    const subject = this.#subject;
    if (start >= subject.length || subject.charCodeAt(start) !== item.number) return NO_MATCH;
    let nesting = 1;
    for (let at = start + 1; at < subject.length; at += 1) {
      const byte = subject.charCodeAt(at);
      if (byte === item.closing) {
        nesting -= 1;
        if (nesting === 0) {
          this.#runtime.charge(at - start);
          return at + 1;
        }
      } else if (byte === item.number) {
        nesting += 1;
      }
    }
    this.#runtime.charge(subject.length - start);
    return NO_MATCH;
  }
}
