import { NONE, type LuaFunction, type LuaValue, type Results, type Table } from '../runtime/value.ts';
import { LuaTable } from '../runtime/table.ts';

/** The result of a function that gives these values; the array becomes the result's. */
export function resultOf(values: Results): LuaValue | Results {
  if (values.length === 1) return values[0];
  return values.length === 0 ? NONE : values;
}

/** The functions and values of a library, by the names that scripts use. */
export type Library = Readonly<Record<string, LuaValue>>;

export function tableOfFields(fields: Library): Table {
  const table = new LuaTable<LuaValue>();
  for (const [name, value] of Object.entries(fields)) table.set(name, value);
  return table;
}

/** A function that does nothing. */
export const doNothing: LuaFunction = () => NONE;
