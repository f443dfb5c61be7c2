/** Functions on tables (Lua 5.3 reference manual, §6.6, and those of 5.1). They obey metamethods, as 5.3's do. */
import { LuaError } from '../runtime/lua-error.ts';
import { lessThan } from '../runtime/operations/compare.ts';
import { textOf } from '../runtime/operations/concat.ts';
import { index } from '../runtime/operations/index.ts';
import { length } from '../runtime/operations/length.ts';
import { metamethod, typeName } from '../runtime/operations/metamethod.ts';
import { setIndex } from '../runtime/operations/set-index.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { LuaTable } from '../runtime/table.ts';
import { first, isTrue, NONE, type LuaFunction, type LuaValue, type Results } from '../runtime/value.ts';
import { argumentError, functionArgument, integerArgument, optionalInteger, optionalString, tableArgument } from './arguments.ts';
import { mergeSort } from './merge-sort.ts';
import { resultOf, type Library } from './results.ts';

/** Values that `unpack` gives at most; a call takes no more. */
const MAX_UNPACKED = 100_000;

export function tableFunctions(runtime: Runtime): Library {
  /** A table, or what behaves like one: its metatable has the given metamethods. */
  function checkTable(value: LuaValue, position: number, name: string, given: number, ...events: string[]): void {
    if (value instanceof LuaTable) return;
    if (events.some((event) => metamethod(runtime, value, event) === undefined)) tableArgument(value, position, name, given);
  }

  function lengthOf(value: LuaValue): number {
    const result = length(runtime, value);
    if (typeof result === 'number' && Number.isInteger(result)) return result;
    throw new LuaError('object length is not an integer');
  }

  function insert(table: LuaValue, position: LuaValue, value: LuaValue): Results {
    checkTable(table, 1, 'insert', arguments.length, '__index', '__newindex', '__len');
    const end = lengthOf(table) + 1;
    if (arguments.length === 2) {
      setIndex(runtime, table, end, position);
      return NONE;
    }
    if (arguments.length !== 3) throw new LuaError("wrong number of arguments to 'insert'");
    const at = integerArgument(position, 2, 'insert', 3);
    if (at < 1 || at > end) throw argumentError(2, 'insert', 'position out of bounds');
    runtime.charge(end - at);
    for (let to = end; to > at; to -= 1) setIndex(runtime, table, to, index(runtime, table, to - 1));
    setIndex(runtime, table, at, value);
    return NONE;
  }

  function remove(table: LuaValue, position: LuaValue): LuaValue {
    checkTable(table, 1, 'remove', arguments.length, '__index', '__newindex', '__len');
    const size = lengthOf(table);
    const at = optionalInteger(position, size, 2, 'remove', arguments.length);
    if (at !== size && (at < 1 || at > size + 1)) throw argumentError(1, 'remove', 'position out of bounds');
    const removed = index(runtime, table, at);
    runtime.charge(size - at);
    for (let to = at; to < size; to += 1) setIndex(runtime, table, to, index(runtime, table, to + 1));
    setIndex(runtime, table, Math.max(at, size), undefined);
    return removed;
  }

  function concat(table: LuaValue, separator: LuaValue, first: LuaValue, last: LuaValue): LuaValue {
    checkTable(table, 1, 'concat', arguments.length, '__index', '__len');
    const size = lengthOf(table);
    const between = optionalString(separator, '', 2, 'concat', arguments.length);
    const from = optionalInteger(first, 1, 3, 'concat', arguments.length);
    const to = optionalInteger(last, size, 4, 'concat', arguments.length);
    let joined = '';
    for (let at = from; at <= to; at += 1) {
      const value = index(runtime, table, at);
      const text = textOf(value);
      if (text === undefined) throw new LuaError(`invalid value (${typeName(value)}) at index ${at} in table for 'concat'`);
      joined += at === from ? text : between + text;
    }
    runtime.charge(Math.max(to - from, 0));
    return joined;
  }

  function unpack(table: LuaValue, first: LuaValue, last: LuaValue): LuaValue | Results {
    const from = optionalInteger(first, 1, 2, 'unpack', arguments.length);
    const to = last === undefined ? lengthOf(table) : integerArgument(last, 3, 'unpack', arguments.length);
    const count = to - from + 1;
    if (count > MAX_UNPACKED) throw new LuaError('too many results to unpack');
    if (count <= 0) return NONE;
    runtime.charge(count);
    if (table instanceof LuaTable && table.metatable === undefined && from === 1 && to === table.length) {
      return resultOf(table.list.slice());
    }
    return resultOf(Array.from({ length: count }, (_, offset) => index(runtime, table, from + offset)));
  }

  function move(source: LuaValue, first: LuaValue, last: LuaValue, target: LuaValue, destination: LuaValue): LuaValue {
    const from = integerArgument(first, 2, 'move', arguments.length);
    const to = integerArgument(last, 3, 'move', arguments.length);
    const at = integerArgument(target, 4, 'move', arguments.length);
    const into = destination === undefined ? source : destination;
    checkTable(source, 1, 'move', arguments.length, '__index');
    checkTable(into, destination === undefined ? 1 : 5, 'move', arguments.length, '__newindex');
    if (to < from) return into;
    if (from <= 0 && to >= Number.MAX_SAFE_INTEGER + from) throw argumentError(3, 'move', 'too many elements to move');
    if (at > Number.MAX_SAFE_INTEGER - (to - from)) throw argumentError(4, 'move', 'destination wrap around');
    runtime.charge(to - from);
    const copy = (offset: number) => setIndex(runtime, into, at + offset, index(runtime, source, from + offset));
    if (at > to || at <= from || source !== into) {
      for (let offset = 0; offset <= to - from; offset += 1) copy(offset);
    } else {
      for (let offset = to - from; offset >= 0; offset -= 1) copy(offset);
    }
    return into;
  }

  function sort(table: LuaValue, order: LuaValue): Results {
    checkTable(table, 1, 'sort', arguments.length, '__index', '__newindex', '__len');
    const size = lengthOf(table);
    if (size < 2) return NONE;
    const by = order === undefined ? undefined : functionArgument(order, 2, 'sort', arguments.length);
    runtime.charge(size);
    const values = Array.from({ length: size }, (_, offset) => index(runtime, table, offset + 1));
    const sorted = mergeSort(values, (a, b) => {
      runtime.charge(1);
      return by === undefined ? lessThan(runtime, a, b) : isTrue(first(runtime.callAtOnce(by, a, b)));
    });
    sorted.forEach((value, offset) => setIndex(runtime, table, offset + 1, value));
    return NONE;
  }

  /** Calls `f` with keys and values until it gives something, which is the result. */
  function visit(f: LuaFunction, entries: Iterable<readonly [LuaValue, LuaValue]>): LuaValue {
    for (const [key, value] of entries) {
      const result = first(runtime.callAtOnce(f, key, value));
      if (result !== undefined) return result;
    }
    return undefined;
  }

  function foreach(table: LuaValue, f: LuaValue): LuaValue {
    const from = tableArgument(table, 1, 'foreach', arguments.length);
    return visit(functionArgument(f, 2, 'foreach', arguments.length), entriesOf(from));
  }

  function foreachi(table: LuaValue, f: LuaValue): LuaValue {
    tableArgument(table, 1, 'foreachi', arguments.length);
    const size = lengthOf(table);
    function* items(): Iterable<readonly [LuaValue, LuaValue]> {
      for (let at = 1; at <= size; at += 1) yield [at, index(runtime, table, at)];
    }
    return visit(functionArgument(f, 2, 'foreachi', arguments.length), items());
  }

  return {
    concat,
    foreach,
    foreachi,
    getn: (table: LuaValue) => length(runtime, table),
    insert,
    maxn,
    move,
    pack,
    remove,
    setn,
    sort,
    unpack,
  };
}

function* entriesOf(table: LuaTable<LuaValue>): Iterable<readonly [LuaValue, LuaValue]> {
  for (let entry = table.next(undefined); entry !== undefined; entry = table.next(entry[0])) yield entry;
}

function pack(...values: LuaValue[]): LuaValue {
  const packed = new LuaTable<LuaValue>();
  const size = values.findLastIndex((value) => value !== undefined) + 1;
  for (let at = 0; at < size; at += 1) packed.list.push(values[at]);
  packed.set('n', values.length);
  return packed;
}

/** The largest key that is a number. */
function maxn(table: LuaValue): LuaValue {
  let most = 0;
  for (const [key] of entriesOf(tableArgument(table, 1, 'maxn', arguments.length))) {
    if (typeof key === 'number' && key > most) most = key;
  }
  return most;
}

function setn(): never {
  throw new LuaError('table.setn is obsolete');
}
