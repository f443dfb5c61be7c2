import { index } from './operations/index.ts';
import { setIndex } from './operations/set-index.ts';
import type { Runtime } from './runtime.ts';
import { Cell, LuaTable } from './table.ts';
import type { LuaValue } from './value.ts';

/** What a site remembers before it has found anything: an entry of no table. */
const NOWHERE = new Cell<LuaValue>(undefined, undefined, undefined);

/**
 * One place of the source that reads or writes a field by a fixed name. It remembers the entry that it found last:
 * `KSR.tm.t_relay` is three comparisons, not three look-ups in maps. Compiled code looks into `cell` by itself and
 * calls `readField` only when that is not an entry of the table at hand.
 */
export class FieldSite {
  cell: Cell<LuaValue> = NOWHERE;
  readonly key: string;
  /** What is indexed, for errors: `local 'x'`. */
  readonly what: string | undefined;

  constructor(key: string, what: string | undefined) {
    this.key = key;
    this.what = what;
  }
}

/** `value.key` where the site's entry is not the one. */
export function readField(runtime: Runtime, site: FieldSite, value: LuaValue): LuaValue {
  if (value instanceof LuaTable) {
    const cell = value.cell(site.key);
    if (cell?.value !== undefined) {
      site.cell = cell;
      return cell.value;
    }
    if (value.metatable === undefined) return undefined;
  }
  return index(runtime, value, site.key, site.what);
}

/** `value.key = newValue`. */
export function writeField(runtime: Runtime, site: FieldSite, value: LuaValue, newValue: LuaValue): void {
  const { cell } = site;
  if (cell.owner === value && cell.value !== undefined && newValue !== undefined) {
    cell.value = newValue;
    return;
  }
  setIndex(runtime, value, site.key, newValue, site.what);
  if (value instanceof LuaTable) site.cell = value.cell(site.key) ?? NOWHERE;
}
