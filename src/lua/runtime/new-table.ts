import { LuaTable } from './table.ts';
import type { LuaValue, Table } from './value.ts';

/**
 * A table constructor. Like in Lua, the list wins: `{[1] = "a", "b"}` has "b". Nils inside of it count for the length, so
 * `{...}` has all arguments up to the last one that is not nil.
 * @param entries keys and values in turn
 * @throws LuaError when a key is nil or not a number
 */
export function newTable(list: readonly LuaValue[], entries: readonly LuaValue[]): Table {
  const table = new LuaTable<LuaValue>();
  let length = list.length;
  while (length > 0 && list[length - 1] === undefined) length -= 1;
  for (let index = 0; index < length; index += 1) table.list.push(list[index]);
  for (let index = 0; index < entries.length; index += 2) {
    const key = entries[index];
    const isInList = typeof key === 'number' && key >= 1 && key <= list.length && key % 1 === 0;
    if (!isInList) table.set(key, entries[index + 1]);
  }
  return table;
}
