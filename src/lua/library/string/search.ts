/** `string.find`, `match`, `gmatch` and `gsub` (Lua 5.3 reference manual, §6.4). */
import { LuaError } from '../../runtime/lua-error.ts';
import { textOf } from '../../runtime/operations/concat.ts';
import { index } from '../../runtime/operations/index.ts';
import { typeName } from '../../runtime/operations/metamethod.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { LuaTable } from '../../runtime/table.ts';
import { first, isTrue, type LuaFunction, type LuaValue, type Results } from '../../runtime/value.ts';
import { argumentError, integerArgument, optionalInteger, stringArgument } from '../arguments.ts';
import type { Library } from '../results.ts';
import { Matcher } from './matcher.ts';
import { patternOf, type Pattern } from './pattern.ts';
import { fromEnd } from './positions.ts';

export function searchFunctions(runtime: Runtime): Library {
  const matcher = new Matcher(runtime);

  /** Index of the first byte to look at; undefined when it is behind the end. */
  function startOf(subject: string, init: LuaValue, name: string, given: number): number | undefined {
    if (init === undefined) return 0;
    const position = fromEnd(integerArgument(init, 3, name, given), subject.length);
    if (position > subject.length + 1) return undefined;
    return Math.max(position, 1) - 1;
  }

  function find(text: LuaValue, patternText: LuaValue, init: LuaValue, plain: LuaValue): LuaValue | Results {
    const subject = stringArgument(text, 1, 'find', arguments.length);
    const written = stringArgument(patternText, 2, 'find', arguments.length);
    const from = startOf(subject, init, 'find', arguments.length);
    if (from === undefined) return undefined;
    if (isTrue(plain)) return findText(subject, written, from);
    const pattern = patternOf(written);
    if (pattern.literal !== undefined) return findText(subject, pattern.literal, from);
    const start = matcher.search(pattern, subject, from);
    if (start < 0) return undefined;
    if (pattern.captures === 0) return [start + 1, matcher.end];
    const captures = matcher.captures(pattern, start, matcher.end);
    return Array.isArray(captures) ? [start + 1, matcher.end, ...(captures as Results)] : [start + 1, matcher.end, captures as LuaValue];
  }

  function match(text: LuaValue, patternText: LuaValue, init: LuaValue): LuaValue | Results {
    const subject = stringArgument(text, 1, 'match', arguments.length);
    const pattern = patternOf(stringArgument(patternText, 2, 'match', arguments.length));
    const from = startOf(subject, init, 'match', arguments.length);
    if (from === undefined) return undefined;
    const start = matcher.search(pattern, subject, from);
    return start < 0 ? undefined : matcher.captures(pattern, start, matcher.end);
  }

  function gmatch(text: LuaValue, patternText: LuaValue): LuaFunction {
    const subject = stringArgument(text, 1, 'gmatch', arguments.length);
    const written = stringArgument(patternText, 2, 'gmatch', arguments.length);
    // Here `^` is a character like any other.
    const pattern = patternOf(written.startsWith('^') ? `%${written}` : written);
    let from = 0;
    let lastEnd = -1;
    return () => {
      let start = matcher.search(pattern, subject, from);
      // An empty match where the last one ended is none.
      while (start >= 0 && matcher.end === lastEnd) start = matcher.search(pattern, subject, start + 1);
      if (start < 0) {
        from = subject.length + 1;
        return undefined;
      }
      from = matcher.end;
      lastEnd = from;
      return matcher.captures(pattern, start, from);
    };
  }

  function gsub(text: LuaValue, patternText: LuaValue, replacement: LuaValue, most: LuaValue): Results {
    const subject = stringArgument(text, 1, 'gsub', arguments.length);
    const pattern = patternOf(stringArgument(patternText, 2, 'gsub', arguments.length));
    const replace = replacer(replacement);
    const limit = optionalInteger(most, subject.length + 1, 4, 'gsub', arguments.length);
    let result = '';
    let copied = 0;
    let from = 0;
    let lastEnd = -1;
    let count = 0;
    while (count < limit) {
      const start = matcher.search(pattern, subject, from);
      if (start < 0) break;
      const { end } = matcher;
      if (end === lastEnd) {
        from = start + 1;
      } else {
        count += 1;
        result += subject.slice(copied, start) + replace(pattern, subject, start, end);
        copied = end;
        from = end;
        lastEnd = end;
      }
      if (pattern.anchored) break;
    }
    return [count === 0 ? subject : result + subject.slice(copied), count];
  }

  type Replace = (pattern: Pattern, subject: string, start: number, end: number) => string;

  function replacer(replacement: LuaValue): Replace {
    const text = textOf(replacement);
    if (text !== undefined) {
      if (!text.includes('%')) return () => text;
      return (pattern, _subject, start, end) => expand(text, (number) => matcher.capture(pattern, number, start, end), start, end);
    }
    if (typeof replacement === 'function') {
      return (pattern, subject, start, end) => {
        const captures = matcher.captures(pattern, start, end);
        const args = Array.isArray(captures) ? (captures as Results) : [captures as LuaValue];
        return replaced(first(runtime.callAtOnce(replacement, ...args)), subject, start, end);
      };
    }
    if (replacement instanceof LuaTable) {
      return (pattern, subject, start, end) =>
        replaced(index(runtime, replacement, matcher.capture(pattern, 0, start, end)), subject, start, end);
    }
    throw argumentError(3, 'gsub', 'string/function/table expected');
  }

  /** Puts captures into a replacement text: `%1`, and `%0` for the whole match. */
  function expand(text: string, capture: (number: number) => LuaValue, start: number, end: number): string {
    return text.replace(/%([^]?)/g, (_all, following: string) => {
      if (following === '%') return '%';
      if (following === '0') return matcher.text(start, end);
      if (following >= '1' && following <= '9') return textOf(capture(Number(following) - 1))!;
      throw new LuaError("invalid use of '%' in replacement string");
    });
  }

  return { find, match, gmatch, gfind: gmatch, gsub };
}

function findText(subject: string, text: string, from: number): LuaValue | Results {
  const start = subject.indexOf(text, from);
  return start < 0 ? undefined : [start + 1, start + text.length];
}

/** The text in place of a match: nil and false leave it as it was. */
function replaced(value: LuaValue, subject: string, start: number, end: number): string {
  if (!isTrue(value)) return subject.slice(start, end);
  const text = textOf(value);
  if (text === undefined) throw new LuaError(`invalid replacement value (a ${typeName(value)})`);
  return text;
}
