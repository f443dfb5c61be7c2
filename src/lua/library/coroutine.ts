/** Coroutines (Lua 5.3 reference manual, §6.2): generators that the script's own `resume` drives. */
import { LuaError } from '../runtime/lua-error.ts';
import type { Runtime } from '../runtime/runtime.ts';
import {
  all,
  Coroutine,
  EXIT,
  EXIT_TEXT,
  isSuspension,
  NONE,
  type LuaFunction,
  type LuaValue,
  type Results,
  type Settled,
  type Suspension,
} from '../runtime/value.ts';
import { argumentError, functionArgument } from './arguments.ts';
import { caughtError } from './caught-error.ts';
import type { LibraryHost } from './host.ts';
import { resultOf, type Library } from './results.ts';

/** What a resumed coroutine came to: values that it yielded or returned, or the value of its error. */
type Outcome = { readonly values: Results } | { readonly error: LuaValue };

export function coroutineFunctions(runtime: Runtime, host: LibraryHost): Library {
  /** Stands for what is no coroutine of the script: the route itself. */
  const mainThread = new Coroutine(() => NONE);
  mainThread.status = 'running';

  function create(body: LuaValue): LuaValue {
    return new Coroutine(functionArgument(body, 1, 'create', arguments.length));
  }

  function resume(thread: LuaValue, ...args: LuaValue[]): Results {
    const outcome = run(coroutineArgument(thread, 'resume'), args);
    return 'error' in outcome ? [false, outcome.error] : [true, ...outcome.values];
  }

  function wrap(body: LuaValue): LuaValue {
    const coroutine = new Coroutine(functionArgument(body, 1, 'wrap', arguments.length));
    const resumeWrapped: LuaFunction = (...args) => {
      const outcome = run(coroutine, args);
      // A text gets the position of the caller in front, whatever it has there already, as in 5.3.
      if ('error' in outcome) throw new LuaError(outcome.error);
      return resultOf(outcome.values);
    };
    return resumeWrapped;
  }

  function yieldValues(...values: LuaValue[]): Suspension {
    if (runtime.coroutine === undefined) throw new LuaError('attempt to yield from outside a coroutine');
    if (runtime.uninterruptible > 0) throw new LuaError('attempt to yield across a C-call boundary');
    return suspend(values);
  }

  function running(): Results {
    return [runtime.coroutine ?? mainThread, runtime.coroutine === undefined];
  }

  function isyieldable(): LuaValue {
    return runtime.coroutine !== undefined && runtime.uninterruptible === 0;
  }

  /** Runs a coroutine up to its next yield, or to its end. */
  function run(coroutine: Coroutine, args: Results): Outcome {
    if (coroutine.status !== 'suspended') {
      return { error: `cannot resume ${coroutine.status === 'dead' ? 'dead' : 'non-suspended'} coroutine` };
    }
    const { coroutine: resumer, uninterruptible } = runtime;
    coroutine.status = 'running';
    coroutine.resumer = resumer;
    if (resumer !== undefined) resumer.status = 'normal';
    runtime.coroutine = coroutine;
    runtime.uninterruptible = 0;
    try {
      return outcomeOf(coroutine, stepCoroutine(coroutine, args));
    } catch (thrown) {
      end(coroutine);
      return { error: caughtError(host, thrown) };
    } finally {
      runtime.coroutine = resumer;
      runtime.uninterruptible = uninterruptible;
      coroutine.resumer = undefined;
      if (resumer !== undefined) resumer.status = 'running';
    }
  }

  return { create, isyieldable, resume, running, status, wrap, yield: yieldValues };
}

function* suspend(values: Results): Suspension {
  // What `resume` was given comes back as the result of the call of `yield`.
  return (yield values) as Settled;
}

/** Starts the body or goes on with it, up to its next yield or its end. */
function stepCoroutine(coroutine: Coroutine, args: Results): IteratorResult<unknown, Settled> {
  const { body, suspension } = coroutine;
  if (suspension !== undefined) return suspension.next(resultOf(args));
  coroutine.body = undefined;
  const returned = body!(...args);
  if (!isSuspension(returned)) return { done: true, value: returned };
  coroutine.suspension = returned;
  return returned.next();
}

function outcomeOf(coroutine: Coroutine, step: IteratorResult<unknown, Settled>): Outcome {
  if (step.done !== true) {
    coroutine.status = 'suspended';
    return { values: step.value as Results };
  }
  end(coroutine);
  return step.value === EXIT ? { error: EXIT_TEXT } : { values: all(step.value as LuaValue | Results) };
}

function end(coroutine: Coroutine): void {
  coroutine.status = 'dead';
  coroutine.suspension = undefined;
}

function coroutineArgument(value: LuaValue, name: string): Coroutine {
  if (value instanceof Coroutine) return value;
  throw argumentError(1, name, 'thread expected');
}

function status(thread: LuaValue): LuaValue {
  return coroutineArgument(thread, 'status').status;
}
