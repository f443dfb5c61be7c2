/** `string.byte`, `char`, `len`, `lower`, `rep`, `reverse`, `sub`, `upper` (Lua 5.3 reference manual, §6.4). */
import { LuaError } from '../../runtime/lua-error.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { LuaValue, Results } from '../../runtime/value.ts';
import { argumentError, integerArgument, optionalInteger, optionalString, stringArgument } from '../arguments.ts';
import { resultOf, type Library } from '../results.ts';
import { fromEnd } from './positions.ts';

/** @param maxRepeatBytes longest result of `rep` */
export function byteFunctions(runtime: Runtime, maxRepeatBytes: number): Library {
  function rep(value: LuaValue, times: LuaValue, between: LuaValue): LuaValue {
    const text = stringArgument(value, 1, 'rep', arguments.length);
    const count = integerArgument(times, 2, 'rep', arguments.length);
    const separator = optionalString(between, '', 3, 'rep', arguments.length);
    if (count <= 0) return '';
    if ((text.length + separator.length) * count > maxRepeatBytes) {
      throw new LuaError(`string.rep: the result would be longer than ${maxRepeatBytes} bytes`);
    }
    return separator === '' ? text.repeat(count) : (text + separator).repeat(count - 1) + text;
  }

  function reverse(value: LuaValue): LuaValue {
    const text = stringArgument(value, 1, 'reverse', arguments.length);
    runtime.charge(text.length);
    let reversed = '';
    for (let at = text.length - 1; at >= 0; at -= 1) reversed += text[at]!;
    return reversed;
  }

  return { byte, char, len, lower, rep, reverse, sub, upper };
}

function byte(value: LuaValue, first: LuaValue, last: LuaValue): LuaValue | Results {
  const text = stringArgument(value, 1, 'byte', arguments.length);
  const from = fromEnd(optionalInteger(first, 1, 2, 'byte', arguments.length), text.length);
  const to = Math.min(fromEnd(optionalInteger(last, from, 3, 'byte', arguments.length), text.length), text.length);
  const start = Math.max(from, 1);
  if (start === to) return text.charCodeAt(start - 1);
  return resultOf(Array.from({ length: Math.max(to - start + 1, 0) }, (_, offset) => text.charCodeAt(start - 1 + offset)));
}

function char(...codes: LuaValue[]): LuaValue {
  let text = '';
  codes.forEach((value, offset) => {
    const code = integerArgument(value, offset + 1, 'char', codes.length);
    if (code < 0 || code > 255) throw argumentError(offset + 1, 'char', 'value out of range');
    text += String.fromCharCode(code);
  });
  return text;
}

function len(value: LuaValue): LuaValue {
  return stringArgument(value, 1, 'len', arguments.length).length;
}

// JavaScript's own change of case knows more letters than C's locale, among the bytes above 127 too.
const BEYOND_ASCII = /[\x80-\xff]/;

function lower(value: LuaValue): LuaValue {
  const text = stringArgument(value, 1, 'lower', arguments.length);
  return BEYOND_ASCII.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text.toLowerCase();
}

function upper(value: LuaValue): LuaValue {
  const text = stringArgument(value, 1, 'upper', arguments.length);
  return BEYOND_ASCII.test(text) ? text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) : text.toUpperCase();
}

function sub(value: LuaValue, first: LuaValue, last: LuaValue): LuaValue {
  const text = stringArgument(value, 1, 'sub', arguments.length);
  const from = fromEnd(integerArgument(first, 2, 'sub', arguments.length), text.length);
  const to = fromEnd(optionalInteger(last, -1, 3, 'sub', arguments.length), text.length);
  return to < from ? '' : text.slice(Math.max(from, 1) - 1, to);
}
