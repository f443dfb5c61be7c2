import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { compileProgram, type Program, type Source } from '../../../lua/compiler/compile.ts';
import { loadChunk } from '../../../lua/load-chunk.ts';
import type { Runtime } from '../../../lua/runtime/runtime.ts';
import type { LuaFunction } from '../../../lua/runtime/value.ts';
import { syntaxErrorOf } from '../interpreter/parse.ts';
import { chunkNameOf, readScript } from '../script-file.ts';
import { DeclinedScript } from './declined-script.ts';

/** A script and the files that it takes in by `require` and `dofile`, compiled. */
export class CompiledProgram {
  readonly #main: string;
  readonly #folder: string;
  readonly #compiled: Program;

  /**
   * @param waiting paths of the functions that may wait, such as `KSR.sqlops.sql_query`
   * @throws AppError `script.load` when the script cannot be read or has a syntax error; DeclinedScript when it has to be
   *   interpreted
   */
  constructor(path: string, waiting: ReadonlySet<string>) {
    const main = sourceOf(path);
    this.#main = main.name;
    this.#folder = dirname(path);
    const compiled = compileProgram(main, { waiting, find: (by, name) => this.#find(by, name) });
    if (compiled.kind === 'declined') throw new DeclinedScript(`${compiled.source}:${compiled.line}: ${compiled.reason}`);
    this.#compiled = compiled;
  }

  main(runtime: Runtime): LuaFunction {
    return this.#load(runtime, this.#main)!;
  }

  /** The chunk of a module; undefined when there is no file for it. */
  module(runtime: Runtime, name: string): LuaFunction | undefined {
    const path = pathOfModule(this.#folder, name);
    return path === undefined ? undefined : this.#load(runtime, chunkNameOf(path));
  }

  /** The chunk that `dofile` executes; undefined when there was no such file when the script was loaded. */
  file(runtime: Runtime, path: string): LuaFunction | undefined {
    return this.#load(runtime, chunkNameOf(path));
  }

  #find(by: string, name: string): Source | undefined {
    const path = by === 'require' ? pathOfModule(this.#folder, name) : name;
    return path !== undefined && existsSync(path) ? sourceOf(path) : undefined;
  }

  #load(runtime: Runtime, chunkName: string): LuaFunction | undefined {
    const code = this.#compiled.chunks.get(chunkName);
    return code === undefined ? undefined : loadChunk(runtime, chunkName, code);
  }
}

/** Where `require` looks: in the folder of the script. */
function pathOfModule(folder: string, name: string): string | undefined {
  const file = name.replaceAll('.', '/');
  return [join(folder, `${file}.lua`), join(folder, file, 'init.lua')].find((path) => existsSync(path));
}

function sourceOf(path: string): Source {
  const file = readScript(path);
  // The interpreter's parser speaks: what is wrong has the same words on both engines.
  const fault = syntaxErrorOf(file);
  if (fault !== undefined) throw new AppError('script.load', `Cannot load the script: ${fault}`);
  return { name: chunkNameOf(path), text: Buffer.from(file.bytes).toString('latin1') };
}
