/**
 * Stops a script that does not end. The interpreter calls a hook every `HOOK_STEP` instructions;
 * once an execution has used up its budget, the hook raises an error at the current line.
 */
import { outOfInstructions } from '../call-rules.ts';
import type { Scene } from './execution.ts';
import { lua, type LuaState } from './fengari.ts';
import { raise } from './script-error.ts';

const { LUA_MASKCOUNT, lua_sethook } = lua;

/**
 * Instructions between two calls of the hook. What costs is that the interpreter counts at all:
 * 0.9-1.6 µs of the 43 µs of bench/script/route-call.bench.ts, the same with a step of 100.
 */
export const HOOK_STEP = 1_000;

/** Sets the hook on the main thread; threads made from it inherit it. */
export function limitInstructions<C>(main: LuaState, scene: Scene<C>, budget: number): void {
  const onCount = (L: LuaState): void => {
    const execution = scene.active;
    if (execution === undefined) return;
    execution.instructions += HOOK_STEP;
    if (execution.instructions < budget) return;
    // From here on every instruction fails, so no pcall in the script can go on behind the error...
    lua_sethook(L, onCount, LUA_MASKCOUNT, 1);
    // ...nor can an xpcall handler, which the interpreter would run with hooks switched off.
    L.allowhook = 1;
    raise(L, outOfInstructions(budget));
  };
  lua_sethook(main, onCount, LUA_MASKCOUNT, Math.min(HOOK_STEP, Math.max(1, budget)));
}

/**
 * A coroutine of the script starts with a hook count of its own. Charging a step for each keeps a
 * loop that makes coroutines shorter than a step from running for free.
 */
export function chargeCoroutine<C>(scene: Scene<C>): void {
  if (scene.active !== undefined) scene.active.instructions += HOOK_STEP;
}

/** Bit of a call's status: hooks were on when the protected call began (`CIST_OAH`). */
const HOOKS_WERE_ON = 1;

/**
 * Called at the start of `pcall` and `xpcall`. fengari 0.1.5 clears this bit where it should copy
 * `allowhook` to it, and so leaves hooks off for the rest of a route in which an error was caught:
 * one caught error, and the budget would be gone.
 */
export function keepHooksOn(L: LuaState): void {
  L.ci.callstatus |= HOOKS_WERE_ON;
}
