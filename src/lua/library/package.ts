/** `require`, `dofile` and the table `package` (Lua 5.3 reference manual, §6.3). Which files there are is the host's affair. */
import { LuaError } from '../runtime/lua-error.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { LuaTable } from '../runtime/table.ts';
import { first, isTrue, type LuaFunction, type LuaValue, type Results, type Table } from '../runtime/value.ts';
import { stringArgument } from './arguments.ts';
import type { LibraryHost } from './host.ts';
import { tableOfFields, type Library } from './results.ts';

export interface PackageLibrary {
  readonly functions: Library;
  /** `package.loaded` */
  readonly loaded: Table;
}

export function packageLibrary(runtime: Runtime, host: LibraryHost): PackageLibrary {
  const loaded = new LuaTable<LuaValue>();
  const preload = new LuaTable<LuaValue>();

  function require(moduleName: LuaValue): LuaValue {
    const name = stringArgument(moduleName, 1, 'require', arguments.length);
    const known = loaded.get(name);
    if (isTrue(known)) return known;
    const result = first(runtime.callAtOnce(loaderOf(name), name));
    if (result !== undefined) loaded.set(name, result);
    else if (loaded.get(name) === undefined) loaded.set(name, true);
    return loaded.get(name);
  }

  function loaderOf(name: string): LuaFunction {
    const preloaded = preload.get(name);
    const loader = typeof preloaded === 'function' ? preloaded : host.loadModule(name);
    if (loader !== undefined) return loader;
    throw new LuaError(`module '${name}' not found:\n\tno field package.preload['${name}']\n\tno file in the folder of the script`);
  }

  function dofile(path: LuaValue): LuaValue | Results {
    const name = stringArgument(path, 1, 'dofile', arguments.length);
    const chunk = host.loadFile(name);
    if (chunk === undefined) throw new LuaError(`cannot open ${name}`);
    return runtime.callAtOnce(chunk);
  }

  // Scripts append to the paths; where modules are looked for does not depend on them.
  const library = tableOfFields({ config: '/\n;\n?\n!\n-\n', cpath: '', loaded, path: './?.lua;./?/init.lua', preload });
  return { functions: { dofile, package: library, require }, loaded };
}
