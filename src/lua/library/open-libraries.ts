/** Opens the standard library for scripts: Lua 5.3's, with the functions of 5.1 that Kamailio's scripts still call. */
import type { Runtime } from '../runtime/runtime.ts';
import { baseFunctions } from './base.ts';
import type { HandledError } from './debug.ts';
import type { LibraryHost } from './host.ts';
import { mathFunctions } from './math.ts';
import { protectedCallFunctions } from './protected-call.ts';
import { tableOfFields, type Library } from './results.ts';
import { byteFunctions } from './string/bytes.ts';
import { searchFunctions } from './string/search.ts';
import { tableFunctions } from './table.ts';

/** Fills the globals of a new runtime. */
export function openLibraries(runtime: Runtime, host: LibraryHost): void {
  const handled: HandledError = { error: undefined };
  const table = tableFunctions(runtime);
  const string = { ...byteFunctions(runtime, host.maxRepeatBytes), ...searchFunctions(runtime) };
  const libraries: Readonly<Record<string, Library>> = { math: mathFunctions(), string, table };
  const globals = { ...baseFunctions(runtime, host), ...protectedCallFunctions(runtime, host, handled), unpack: table['unpack'] };
  for (const [name, value] of Object.entries(globals)) runtime.globals.set(name, value);
  for (const [name, library] of Object.entries(libraries)) runtime.globals.set(name, tableOfFields(library));
  runtime.globals.set('_G', runtime.globals);
  runtime.stringMetatable.set('__index', runtime.globals.get('string'));
}
