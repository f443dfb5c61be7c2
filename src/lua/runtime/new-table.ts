import { LuaTable } from './table.ts';
import type { LuaValue, Table } from './value.ts';

/**
 * A table constructor. Like in Lua, the list comes last: in `{[1] = "a", "b"}` it wins.
 * @param entries keys and values in turn
 * @throws LuaError when a key is nil or not a number
 */
export function newTable(list: readonly LuaValue[], entries: readonly LuaValue[]): Table {
  const table = new LuaTable<LuaValue>();
  for (let index = 0; index < entries.length; index += 2) table.set(entries[index], entries[index + 1]);
  for (let index = 0; index < list.length; index += 1) table.set(index + 1, list[index]);
  return table;
}
