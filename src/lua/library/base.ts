/** The basic functions (Lua 5.3 reference manual, §6.1, and `unpack` of 5.1). Those that catch errors are in `protected-call.ts`. */
import { LuaError } from '../runtime/lua-error.ts';
import { parseNumber } from '../runtime/number.ts';
import { callable } from '../runtime/operations/call.ts';
import { index } from '../runtime/operations/index.ts';
import { metamethod, metatableOf, typeName } from '../runtime/operations/metamethod.ts';
import { toText } from '../runtime/operations/to-text.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { LuaTable } from '../runtime/table.ts';
import { all, isTrue, NONE, type LuaValue, type Results } from '../runtime/value.ts';
import { argumentError, integerArgument, requireArgument, stringArgument, tableArgument } from './arguments.ts';
import type { LibraryHost } from './host.ts';
import { resultOf, type Library } from './results.ts';

export function baseFunctions(runtime: Runtime, host: LibraryHost): Library {
  function print(...values: LuaValue[]): Results {
    host.print(values.map((value) => toText(runtime, value)).join('\t'));
    return NONE;
  }

  function tostring(value: LuaValue): LuaValue {
    requireArgument(1, 'tostring', arguments.length);
    return toText(runtime, value);
  }

  function getmetatable(value: LuaValue): LuaValue {
    requireArgument(1, 'getmetatable', arguments.length);
    return metamethod(runtime, value, '__metatable') ?? metatableOf(runtime, value);
  }

  function pairs(value: LuaValue): Results {
    requireArgument(1, 'pairs', arguments.length);
    const handler = metamethod(runtime, value, '__pairs');
    if (handler === undefined) return [value instanceof LuaTable ? next : loopNext, value, undefined];
    const [iterator, state, control] = all(runtime.callAtOnce(callable(runtime, handler), value));
    return [iterator, state, control];
  }

  function nextOfList(list: LuaValue, position: LuaValue): LuaValue | Results {
    const following = integerArgument(position, 2, 'for iterator', arguments.length) + 1;
    const value = index(runtime, list, following);
    return value === undefined ? undefined : [following, value];
  }

  function ipairs(list: LuaValue): Results {
    requireArgument(1, 'ipairs', arguments.length);
    return [nextOfList, list, 0];
  }

  return {
    _VERSION: 'Lua 5.3',
    assert,
    collectgarbage,
    getmetatable,
    ipairs,
    next,
    pairs,
    print,
    rawequal,
    rawget,
    rawlen,
    rawset,
    select,
    setmetatable,
    tonumber,
    tostring,
    type,
  };
}

function assert(...args: LuaValue[]): LuaValue | Results {
  if (isTrue(args[0])) return resultOf(args);
  requireArgument(1, 'assert', args.length);
  throw new LuaError(args.length > 1 ? args[1] : 'assertion failed!');
}

/** The iterator of `pairs`, one for all: a loop over it may walk the table itself. */
export function next(table: LuaValue, key: LuaValue): LuaValue | Results {
  return tableArgument(table, 1, 'next', arguments.length).next(key);
}

/** What `pairs` gives for what is no table: the error comes when the loop begins. */
function loopNext(value: LuaValue): LuaValue {
  return tableArgument(value, 1, 'for iterator', arguments.length);
}

function rawequal(a: LuaValue, b: LuaValue): LuaValue {
  requireArgument(1, 'rawequal', arguments.length);
  requireArgument(2, 'rawequal', arguments.length);
  return a === b;
}

function rawget(table: LuaValue, key: LuaValue): LuaValue {
  const from = tableArgument(table, 1, 'rawget', arguments.length);
  requireArgument(2, 'rawget', arguments.length);
  return from.get(key);
}

function rawlen(value: LuaValue): LuaValue {
  if (value instanceof LuaTable || typeof value === 'string') return value.length;
  throw argumentError(1, 'rawlen', 'table or string expected');
}

function rawset(table: LuaValue, key: LuaValue, value: LuaValue): LuaValue {
  const changed = tableArgument(table, 1, 'rawset', arguments.length);
  requireArgument(2, 'rawset', arguments.length);
  requireArgument(3, 'rawset', arguments.length);
  changed.set(key, value);
  return changed;
}

function select(position: LuaValue, ...values: LuaValue[]): LuaValue | Results {
  if (position === '#') return values.length;
  const number = integerArgument(position, 1, 'select', arguments.length);
  if (number === 0 || number < -values.length) throw argumentError(1, 'select', 'index out of range');
  return resultOf(values.slice(number < 0 ? number : number - 1));
}

function setmetatable(table: LuaValue, metatable: LuaValue): LuaValue {
  const changed = tableArgument(table, 1, 'setmetatable', arguments.length);
  if (arguments.length < 2 || !(metatable === undefined || metatable instanceof LuaTable)) {
    throw argumentError(2, 'setmetatable', 'nil or table expected');
  }
  if (changed.metatable?.getField('__metatable') !== undefined) throw new LuaError('cannot change a protected metatable');
  changed.metatable = metatable;
  return changed;
}

function type(value: LuaValue): LuaValue {
  requireArgument(1, 'type', arguments.length);
  return typeName(value);
}

function tonumber(value: LuaValue, base: LuaValue): LuaValue {
  if (base === undefined) {
    if (typeof value === 'number') return value;
    if (typeof value === 'string') return parseNumber(value);
    requireArgument(1, 'tonumber', arguments.length);
    return undefined;
  }
  const radix = integerArgument(base, 2, 'tonumber', arguments.length);
  // Here a number is no text.
  if (typeof value !== 'string') {
    throw argumentError(1, 'tonumber', `string expected, got ${typeName(value)}`);
  }
  if (radix < 2 || radix > 36) throw argumentError(2, 'tonumber', 'base out of range');
  return parseInteger(value, radix);
}

const DIGITS = /^[ \t-\r]*([-+]?)([0-9a-zA-Z]+)[ \t-\r]*$/;

function parseInteger(text: string, radix: number): number | undefined {
  const [, sign, digits = ''] = DIGITS.exec(text) ?? [];
  if (sign === undefined) return undefined;
  let number = 0;
  for (const character of digits) {
    const digit = Number.parseInt(character, 36);
    if (digit >= radix) return undefined;
    number = number * radix + digit;
  }
  // Not `-number`: -0 is a float.
  return sign === '-' ? 0 - number : number;
}

const COLLECTOR_OPTIONS = new Set(['collect', 'count', 'stop', 'restart', 'step', 'setpause', 'setstepmul', 'isrunning']);

/** Memory is not the script's affair: the options are checked, and all but `step` and `isrunning` give 0. */
function collectgarbage(option: LuaValue): LuaValue {
  const name = option === undefined ? 'collect' : stringArgument(option, 1, 'collectgarbage', arguments.length);
  if (!COLLECTOR_OPTIONS.has(name)) throw argumentError(1, 'collectgarbage', `invalid option '${name}'`);
  return name === 'isrunning' || name === 'step' ? true : 0;
}

