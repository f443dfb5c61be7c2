/** UTF-8 in one-byte strings (Lua 5.3 reference manual, §6.5). */
import { LuaError } from '../runtime/lua-error.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { NONE, type LuaFunction, type LuaValue, type Results } from '../runtime/value.ts';
import { argumentError, integerArgument, optionalInteger, stringArgument } from './arguments.ts';
import { resultOf, type Library } from './results.ts';
import { fromEnd } from './string/positions.ts';

const MAX_CODE = 0x10ffff;
/** Smallest code that needs this many bytes behind the first: what could be shorter is no UTF-8. */
const SMALLEST = [0, 0x80, 0x800, 0x10000];

interface Character {
  readonly code: number;
  readonly bytes: number;
}

export function utf8Functions(runtime: Runtime): Library {
  function codepoint(value: LuaValue, first: LuaValue, last: LuaValue): LuaValue | Results {
    const text = stringArgument(value, 1, 'codepoint', arguments.length);
    const from = fromEnd(optionalInteger(first, 1, 2, 'codepoint', arguments.length), text.length);
    const to = fromEnd(optionalInteger(last, from, 3, 'codepoint', arguments.length), text.length);
    if (from < 1) throw argumentError(2, 'codepoint', 'out of range');
    if (to > text.length) throw argumentError(3, 'codepoint', 'out of range');
    const codes: number[] = [];
    for (let at = from - 1; at < to; ) {
      const { code, bytes } = characterOrError(text, at);
      codes.push(code);
      at += bytes;
    }
    runtime.charge(codes.length);
    return codes.length === 0 ? NONE : resultOf(codes);
  }

  function len(value: LuaValue, first: LuaValue, last: LuaValue): LuaValue | Results {
    const text = stringArgument(value, 1, 'len', arguments.length);
    const from = fromEnd(optionalInteger(first, 1, 2, 'len', arguments.length), text.length);
    const to = fromEnd(optionalInteger(last, -1, 3, 'len', arguments.length), text.length);
    if (from < 1 || from > text.length + 1) throw argumentError(2, 'len', 'initial position out of string');
    if (to > text.length) throw argumentError(3, 'len', 'final position out of string');
    runtime.charge(Math.max(to - from, 0));
    let count = 0;
    for (let at = from - 1; at < to; count += 1) {
      const character = characterAt(text, at);
      if (character === undefined) return [undefined, at + 1];
      at += character.bytes;
    }
    return count;
  }

  return { char, charpattern: '[\0-\x7f\xc2-\xf4][\x80-\xbf]*', codepoint, codes, len, offset };
}

/** The character that begins at an index; undefined when there is no valid one. */
function characterAt(text: string, at: number): Character | undefined {
  const lead = text.charCodeAt(at);
  if (lead < 0x80) return { code: lead, bytes: 1 };
  const following = lead >= 0xf0 && lead < 0xf8 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (Number.isNaN(lead) || lead < 0xc0 || lead >= 0xf8) return undefined;
  let code = lead & (0x3f >> following);
  for (let offset = 1; offset <= following; offset += 1) {
    if (!isContinuation(text, at + offset)) return undefined;
    code = (code << 6) | (text.charCodeAt(at + offset) & 0x3f);
  }
  return code < SMALLEST[following]! || code > MAX_CODE ? undefined : { code, bytes: following + 1 };
}

function characterOrError(text: string, at: number): Character {
  const character = characterAt(text, at);
  if (character === undefined) throw new LuaError('invalid UTF-8 code');
  return character;
}

function isContinuation(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xc0) === 0x80;
}

function char(...codes: LuaValue[]): LuaValue {
  return codes
    .map((value, offset) => {
      const code = integerArgument(value, offset + 1, 'char', codes.length);
      if (code < 0 || code > MAX_CODE) throw argumentError(offset + 1, 'char', 'value out of range');
      return encoded(code);
    })
    .join('');
}

/** Codes of surrogates too, which JavaScript's own encoder replaces. */
function encoded(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  const following = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  const lead = ((0xff00 >> (following + 1)) & 0xff) | (code >> (6 * following));
  const rest = Array.from({ length: following }, (_, offset) => 0x80 | ((code >> (6 * (following - 1 - offset))) & 0x3f));
  return String.fromCharCode(lead, ...rest);
}

function codes(value: LuaValue): Results {
  return [nextCode, stringArgument(value, 1, 'codes', arguments.length), 0];
}

const nextCode: LuaFunction = (value, position) => {
  const text = stringArgument(value, 1, 'for iterator', 2);
  let at = integerArgument(position, 2, 'for iterator', 2);
  // From the last character to the next one.
  while (at > 0 && isContinuation(text, at)) at += 1;
  if (at >= text.length) return NONE;
  const { code, bytes } = characterOrError(text, at);
  if (isContinuation(text, at + bytes)) throw new LuaError('invalid UTF-8 code');
  return [at + 1, code];
};

/** Where the n-th character from position i begins. */
function offset(value: LuaValue, count: LuaValue, from: LuaValue): LuaValue {
  const text = stringArgument(value, 1, 'offset', arguments.length);
  let n = integerArgument(count, 2, 'offset', arguments.length);
  const start = n >= 0 ? 1 : text.length + 1;
  let at = fromEnd(optionalInteger(from, start, 3, 'offset', arguments.length), text.length) - 1;
  if (at < 0 || at > text.length) throw argumentError(3, 'offset', 'position out of range');
  if (n === 0) {
    while (at > 0 && isContinuation(text, at)) at -= 1;
    return at + 1;
  }
  if (isContinuation(text, at)) throw new LuaError('initial position is a continuation byte');
  for (; n < 0 && at > 0; n += 1) {
    do at -= 1;
    while (at > 0 && isContinuation(text, at));
  }
  for (n -= n > 0 ? 1 : 0; n > 0 && at < text.length; n -= 1) {
    do at += 1;
    while (isContinuation(text, at));
  }
  return n === 0 ? at + 1 : undefined;
}
