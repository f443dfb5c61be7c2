import type { LuaValue, Table } from '../../../lua/runtime/value.ts';

/** Remembers the entries of a table, not what they refer to; the function that it gives puts them back. */
export function snapshot(table: Table): () => void {
  const entries = entriesOf(table);
  return () => {
    for (const [key] of entriesOf(table)) table.set(key, undefined);
    for (const [key, value] of entries) table.set(key, value);
  };
}

function entriesOf(table: Table): (readonly [LuaValue, LuaValue])[] {
  const entries: (readonly [LuaValue, LuaValue])[] = [];
  for (let entry = table.next(undefined); entry !== undefined; entry = table.next(entry[0])) entries.push(entry);
  return entries;
}
