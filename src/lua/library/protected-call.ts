/** `pcall`, `xpcall` and `error` (Lua 5.3 reference manual, §2.3 and §6.1). */
import { LuaError, OutOfInstructions } from '../runtime/lua-error.ts';
import { callable } from '../runtime/operations/call.ts';
import type { Runtime } from '../runtime/runtime.ts';
import {
  EXIT,
  EXIT_TEXT,
  first,
  isSuspension,
  type LuaFunction,
  type LuaValue,
  type Results,
  type Returned,
  type Settled,
  type Suspension,
} from '../runtime/value.ts';
import { functionArgument, optionalInteger, requireArgument } from './arguments.ts';
import { caughtError } from './caught-error.ts';
import type { HandledError } from './debug.ts';
import type { LibraryHost } from './host.ts';
import type { Library } from './results.ts';

type OnError = (thrown: unknown) => Results;

/** @param handled where `debug.traceback` learns which error a handler of `xpcall` is called for */
export function protectedCallFunctions(runtime: Runtime, host: LibraryHost, handled: HandledError): Library {
  function pcall(f: LuaValue, ...args: LuaValue[]): Results | Suspension {
    requireArgument(1, 'pcall', arguments.length);
    return callProtected(f, args, failed);
  }

  function xpcall(f: LuaValue, handler: LuaValue, ...args: LuaValue[]): Results | Suspension {
    const handle = functionArgument(handler, 2, 'xpcall', arguments.length);
    return callProtected(f, args, (thrown) => handleWith(handle, thrown));
  }

  function callProtected(f: LuaValue, args: Results, onError: OnError): Results | Suspension {
    let returned: Returned;
    try {
      returned = callable(runtime, f)(...args);
    } catch (thrown) {
      return onError(thrown);
    }
    return isSuspension(returned) ? finish(returned, onError) : succeeded(returned);
  }

  function failed(thrown: unknown): Results {
    return [false, caughtError(host, thrown)];
  }

  /** The handler is called when the stack is unwound already; `debug.traceback` still shows the stack of the error. */
  function handleWith(handler: LuaFunction, thrown: unknown): Results {
    const value = caughtError(host, thrown);
    const outer = handled.error;
    handled.error = thrown instanceof Error ? thrown : undefined;
    try {
      return [false, first(runtime.callAtOnce(handler, value))];
    } catch (second) {
      if (second instanceof OutOfInstructions) throw second;
      return [false, 'error in error handling'];
    } finally {
      handled.error = outer;
    }
  }

  return { error, pcall, xpcall };
}

function* finish(suspension: Suspension, onError: OnError): Suspension {
  try {
    return succeeded(yield* suspension);
  } catch (thrown) {
    return onError(thrown);
  }
}

function succeeded(settled: Settled): Results {
  if (settled === EXIT) return [false, EXIT_TEXT];
  return Array.isArray(settled) ? [true, ...(settled as Results)] : [true, settled as LuaValue];
}

function error(value: LuaValue, level: LuaValue): never {
  throw new LuaError(value, optionalInteger(level, 1, 2, 'error', arguments.length));
}
