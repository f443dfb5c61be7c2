/** Compiles a chunk and runs it without a library: what the tests of the compiler share. */
import assert from 'node:assert/strict';

import { compileProgram } from '../../../src/lua/compiler/compile.ts';
import { loadChunk } from '../../../src/lua/load-chunk.ts';
import { LuaError } from '../../../src/lua/runtime/lua-error.ts';
import { errorValue } from '../../../src/lua/runtime/position.ts';
import { Runtime } from '../../../src/lua/runtime/runtime.ts';
import { all, EXIT, isSuspension, type LuaFunction, type LuaValue, type Settled } from '../../../src/lua/runtime/value.ts';

export interface Globals {
  readonly [name: string]: LuaValue;
}

/** What the chunk returns, as a list; `'exit'` when it ended the route. Each wait is answered with `answer <what it waits for>`. */
export function evaluate(source: string, globals: Globals = {}, fuel = 1_000_000): readonly LuaValue[] | 'exit' {
  const program = compileProgram({ name: 'chunk', text: source }, { waiting: new Set(['wait', 'coroutine.yield']) });
  assert.equal(program.kind, 'compiled', JSON.stringify(program));
  const runtime = new Runtime();
  runtime.fuel = fuel;
  const wait: LuaFunction = function* (what) {
    return (yield what) as LuaValue;
  };
  const callAll = { wait, ...globals };
  for (const [name, value] of Object.entries(callAll)) runtime.globals.setField(name, value);
  const returned = loadChunk(runtime, 'chunk', program.chunks.get('chunk')!)();
  return plain(isSuspension(returned) ? answered(returned) : returned);
}

function answered(suspension: Generator<unknown, Settled, unknown>): Settled {
  let step = suspension.next();
  while (step.done !== true) step = suspension.next(`answer ${String(step.value)}`);
  return step.value;
}

function plain(settled: Settled): readonly LuaValue[] | 'exit' {
  return settled === EXIT ? 'exit' : all(settled as Exclude<Settled, typeof EXIT>);
}

/** The message of the error that the chunk ends with. */
export function failure(source: string, globals: Globals = {}, fuel?: number): LuaValue {
  try {
    evaluate(source, globals, fuel);
  } catch (error) {
    if (error instanceof LuaError) return errorValue(error);
    throw error;
  }
  return assert.fail('the chunk ended without an error');
}
