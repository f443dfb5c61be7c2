import { Script } from 'node:vm';

import type { OPERATIONS } from './compiler/compile.ts';
import type { MappedCode } from './compiler/line-map.ts';
import { ended } from './runtime/ended.ts';
import { FieldSite, readField, writeField } from './runtime/field-site.ts';
import { newTable } from './runtime/new-table.ts';
import { arithmetic, bitNot, floorDivide, modulo, negate, power } from './runtime/operations/arithmetic.ts';
import { callable } from './runtime/operations/call.ts';
import { equals, lessEqual, lessThan } from './runtime/operations/compare.ts';
import { concat } from './runtime/operations/concat.ts';
import { forNumber, forStart } from './runtime/operations/for-loop.ts';
import { index } from './runtime/operations/index.ts';
import { length } from './runtime/operations/length.ts';
import { setIndex } from './runtime/operations/set-index.ts';
import { registerChunk } from './runtime/position.ts';
import type { Runtime } from './runtime/runtime.ts';
import { LuaTable } from './runtime/table.ts';
import { all, EXIT, first, isSuspension, NONE, type LuaFunction } from './runtime/value.ts';

/** What `OPERATIONS` of the compiler names. */
const operations = {
  EXIT, FieldSite, LuaTable, NONE, all, arithmetic, bitNot, callable, concat, ended, equals, first, floorDivide,
  forNumber, forStart, index, isSuspension, length, lessEqual, lessThan, modulo, negate, newTable, power, readField, setIndex, writeField,
} satisfies Record<(typeof OPERATIONS)[number], unknown>;

/** Makes a compiled chunk the function that runs it, with the globals of this runtime. Only code of the compiler is ever given to V8. */
export function loadChunk(runtime: Runtime, name: string, { code, lines }: MappedCode): LuaFunction {
  const script = new Script(code, { filename: registerChunk(name, lines) });
  const bind = script.runInThisContext() as (runtime: Runtime, parts: typeof operations) => LuaFunction;
  return bind(runtime, operations);
}
