import { LuaTable } from '../../../lua/runtime/table.ts';
import { EXIT, NONE, type LuaFunction, type LuaValue, type Table } from '../../../lua/runtime/value.ts';
import { EXIT_AT_LOAD, NO_NATIVE_ROUTES, PROBED } from '../call-rules.ts';
import type { RouteRun } from '../engine.ts';
import { LuaError } from '../../../lua/runtime/lua-error.ts';
import { rowFunction } from './row-function.ts';
import type { Scene } from './scene.ts';
import { waitingFunction } from './waiting-function.ts';

/** The script's `KSR`: all rows, and the engine's own `KSR.x`. */
export function ksrTable<C extends RouteRun>(scene: Scene<C>): Table {
  const table = new LuaTable<LuaValue>();
  for (const row of scene.parts.rows) {
    put(table, row.module, row.name, row.waits ? waitingFunction(row, scene) : rowFunction(row, scene));
  }
  put(table, 'x', 'exit', () => exit(scene));
  put(table, 'x', 'drop', () => {
    scene.route?.setDrop();
    return exit(scene);
  });
  put(table, 'x', 'modf', () => {
    // Functions of kamailio.cfg do not exist here, so every name is an unknown one.
    scene.complain(NO_NATIVE_ROUTES);
    return -1;
  });
  put(table, 'x', 'probe', () => {
    scene.parts.logger.info(PROBED);
    return NONE;
  });
  return table;
}

/** Ends the route. While the file is executed there is none to end. */
export function exit<C extends RouteRun>(scene: Scene<C>): typeof EXIT {
  if (scene.route === undefined) throw new LuaError(EXIT_AT_LOAD);
  return EXIT;
}

/** Sets `KSR.module.name`, or `KSR.name` for the core. */
function put(ksr: Table, module: string, name: string, f: LuaFunction): void {
  if (module === '') {
    ksr.setField(name, f);
    return;
  }
  const existing = ksr.getField(module) as Table | undefined;
  if (existing !== undefined) return existing.setField(name, f);
  const table = new LuaTable<LuaValue>();
  table.setField(name, f);
  ksr.setField(module, table);
}
