/** Opens the standard library for scripts: Lua 5.3's, with the functions of 5.1 that Kamailio's scripts still call. */
import type { Runtime } from '../runtime/runtime.ts';
import { baseFunctions } from './base.ts';
import { coroutineFunctions } from './coroutine.ts';
import { debugFunctions, type HandledError } from './debug.ts';
import type { LibraryHost } from './host.ts';
import { ioFunctions } from './io.ts';
import { mathFunctions } from './math.ts';
import { osFunctions } from './os/os.ts';
import { packageLibrary } from './package.ts';
import { protectedCallFunctions } from './protected-call.ts';
import { tableOfFields, type Library } from './results.ts';
import { byteFunctions } from './string/bytes.ts';
import { formatFunction } from './string/format.ts';
import { packFunctions } from './string/pack.ts';
import { searchFunctions } from './string/search.ts';
import { tableFunctions } from './table.ts';
import { utf8Functions } from './utf8.ts';

/** Fills the globals of a new runtime. */
export function openLibraries(runtime: Runtime, host: LibraryHost): void {
  const { globals } = runtime;
  const handled: HandledError = { error: undefined };
  const modules = packageLibrary(runtime, host);
  const table = tableFunctions(runtime);
  const libraries: Readonly<Record<string, Library>> = {
    coroutine: coroutineFunctions(runtime, host),
    debug: debugFunctions(handled),
    io: ioFunctions(host),
    math: mathFunctions(),
    os: osFunctions(host),
    string: {
      ...byteFunctions(runtime, host.maxRepeatBytes),
      ...packFunctions(runtime, host.maxRepeatBytes),
      ...searchFunctions(runtime),
      format: formatFunction(runtime),
    },
    table,
    utf8: utf8Functions(runtime),
  };
  const basic: Library = {
    ...baseFunctions(runtime, host),
    ...protectedCallFunctions(runtime, host, handled),
    ...modules.functions,
    unpack: table['unpack'],
  };
  for (const [name, value] of Object.entries(basic)) globals.set(name, value);
  for (const [name, library] of Object.entries(libraries)) {
    globals.set(name, tableOfFields(library));
    modules.loaded.set(name, globals.get(name));
  }
  globals.set('_G', globals);
  modules.loaded.set('_G', globals);
  modules.loaded.set('package', globals.get('package'));
  runtime.stringMetatable.set('__index', globals.get('string'));
}
