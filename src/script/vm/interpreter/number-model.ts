/**
 * Gives fengari the numbers of compiled scripts (`lua/runtime/number.ts`), which are those of Lua 5.1 that Kamailio's
 * scripts are written for: every number a double, written without a fraction where it has none, truncated
 * where a library function wants an integer. As it comes,
 * fengari computes `60*60*24*30*1000` in 32 bits, writes `10/2` as `5.0` and refuses
 * `string.rep("x", 2.5)`.
 *
 * Four functions decide all of that. They are replaced in fengari's modules before the modules that
 * copy them are loaded, which is why this works on a `require` and not on an imported fengari.
 * fengari is pinned to one version; `test/script/vm/number-model.test.ts` fails should it change.
 */

import { numberText } from '../../../lua/runtime/number.ts';

interface Value {
  value: unknown;
  ttisinteger(): boolean;
  setfltvalue(value: number): void;
}

interface NumberConfiguration {
  LUA_COMPAT_FLOATSTRING: boolean;
  lua_number2str(value: number): string;
}

interface ObjectModule {
  /** Parses a numeral into `value`; returns the bytes used and one more, or 0 when it is none. */
  luaO_str2num(text: Uint8Array, value: Value): number;
}

interface AuxiliaryModule {
  luaL_checkinteger(L: unknown, argument: number): number;
  luaL_optinteger(L: unknown, argument: number, fallback: number): number;
}

interface ApiModule {
  lua_tonumberx(L: unknown, index: number): number | false;
  lua_type(L: unknown, index: number): number;
}

/** Must run before anything else loads fengari in this process. */
export function useLua51Numbers(require: NodeJS.Require): void {
  // fengari's modules refer to each other in cycles: each part is entered as fengari itself enters it.
  require('fengari/src/fengaricore.js');
  const configuration = require('fengari/src/luaconf.js') as NumberConfiguration;
  configuration.LUA_COMPAT_FLOATSTRING = true;
  configuration.lua_number2str = numberText;

  const { lua_tonumberx, lua_type } = require('fengari/src/lua.js') as ApiModule;
  const objects = require('fengari/src/lobject.js') as ObjectModule;
  const parseNumeral = objects.luaO_str2num;
  objects.luaO_str2num = (text, value) => {
    const used = parseNumeral(text, value);
    if (used !== 0 && value.ttisinteger()) value.setfltvalue(hexadecimal(text) ?? (value.value as number));
    return used;
  };

  const auxiliary = require('fengari/src/lauxlib.js') as AuxiliaryModule;
  const checkInteger = auxiliary.luaL_checkinteger;
  auxiliary.luaL_checkinteger = (L, argument) => {
    const number = lua_tonumberx(L, argument);
    // What is no finite number goes the original way, which raises the error.
    return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : checkInteger(L, argument);
  };
  auxiliary.luaL_optinteger = (L, argument, fallback) =>
    lua_type(L, argument) <= 0 ? fallback : auxiliary.luaL_checkinteger(L, argument);
}

/** The value of a hexadecimal numeral, which fengari's own parser keeps to 32 bits. */
function hexadecimal(numeral: Uint8Array): number | undefined {
  const text = Buffer.from(numeral).toString('latin1').replaceAll('\0', '').trim().toLowerCase();
  const match = /^([+-]?)0x([0-9a-f]+)$/.exec(text);
  if (match === null) return undefined;
  const magnitude = Number(`0x${match[2]}`);
  return match[1] === '-' ? -magnitude : magnitude;
}
