/** Lua source to JavaScript. */
import type { Chunk } from './ast.ts';
import { filesOf, findRefusal, type Refusal } from './decline.ts';
import { TangledGoto } from './gotos.ts';
import { breakLines, type MappedCode } from './line-map.ts';
import { parseChunk } from './parse.ts';
import { bindNames } from './scope.ts';
import { StatementEmitter } from './statement-emitter.ts';
import { findWaits, type BoundChunk } from './waits.ts';

/** One source file. */
export interface Source {
  /** The chunk's name in error messages. */
  readonly name: string;
  /** A one-byte text. */
  readonly text: string;
}

export interface CompileOptions {
  /** Paths of the host's functions that may wait, such as `KSR.sqlops.sql_query`. */
  readonly waiting: ReadonlySet<string>;
  /**
   * Gives the file that `require(name)` or `dofile(name)` will run; undefined when there is none, or it is no
   * Lua. All files of a program are compiled together, because who may wait depends on all of them.
   */
  readonly find?: (by: string, name: string) => Source | undefined;
}

export interface Program {
  readonly kind: 'compiled';
  /** The code of each file, by the chunk's name; for `loadChunk`. */
  readonly chunks: ReadonlyMap<string, MappedCode>;
}

/** The program needs the interpreter. */
export interface Declined extends Refusal {
  readonly kind: 'declined';
  readonly source: string;
}

/** The parts of the runtime that compiled code uses, by the names that it has for them. */
export const OPERATIONS = [
  'EXIT', 'FieldSite', 'LuaTable', 'NONE', 'all', 'arithmetic', 'bitNot', 'callable', 'concat', 'ended', 'equals', 'first', 'floorDivide',
  'forNumber', 'forStart', 'index', 'isSuspension', 'length', 'lessEqual', 'lessThan', 'modulo', 'negate', 'newTable', 'power', 'readField', 'setIndex', 'writeField',
] as const;

/** Functions of the library that wait: a coroutine for whoever resumes it. */
const LIBRARY_WAITS = ['coroutine.yield'];

/**
 * Compiles a program: its main file and the files that it takes in by `require` and `dofile`.
 * Syntax errors of luaparse are refusals too: whether the source is wrong is for the interpreter to say.
 */
export function compileProgram(main: Source, options: CompileOptions): Program | Declined {
  const bound = new Map<string, BoundChunk>();
  const todo = [main];
  for (let source = todo.pop(); source !== undefined; source = todo.pop()) {
    if (bound.has(source.name)) continue;
    const parsed = parseChunk(source.text);
    if (!('chunk' in parsed)) return { kind: 'declined', source: source.name, line: parsed.line, reason: parsed.message };
    const scope = bindNames(parsed.chunk);
    const refusal = findRefusal(parsed.chunk, scope);
    if (refusal !== undefined) return { kind: 'declined', source: source.name, ...refusal };
    bound.set(source.name, { ...parsed, scope });
    for (const { by, name } of filesOf(parsed.chunk, scope)) {
      const file = options.find?.(by, name);
      if (file !== undefined) todo.push(file);
    }
  }
  const waits = findWaits([...bound.values()], new Set([...LIBRARY_WAITS, ...options.waiting]));
  const chunks = new Map<string, MappedCode>();
  for (const [name, chunk] of bound) {
    try {
      const emitter = new StatementEmitter({ ...chunk, waits }, chunk.chunk, chunk.code);
      chunks.set(name, assemble(emitter, chunk.chunk));
    } catch (error) {
      if (!(error instanceof TangledGoto)) throw error;
      return { kind: 'declined', source: name, line: error.line, reason: error.message };
    }
  }
  return { kind: 'compiled', chunks };
}

function assemble(emitter: StatementEmitter, chunk: Chunk): MappedCode {
  const { main, sites } = emitter.chunkFunction(chunk);
  return breakLines(`"use strict";((R,{${OPERATIONS.join()}})=>{const G=R.globals;const main=${main};${sites}return main;})`);
}

