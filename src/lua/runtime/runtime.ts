import { EXIT, EXIT_TEXT, isSuspension, type Coroutine, type LuaFunction, type LuaValue, type Results, type Settled } from './value.ts';
import { LuaError, OutOfInstructions } from './lua-error.ts';
import { LuaTable } from './table.ts';

/** What the functions of one Lua state share. Compiled code and library functions hold on to theirs. */
export class Runtime {
  readonly globals = new LuaTable<LuaValue>();
  /** The metatable of all strings; its `__index` is the table `string`. */
  readonly stringMetatable = new LuaTable<LuaValue>();
  /** The coroutine of the script that runs now; undefined in the route itself. */
  coroutine: Coroutine | undefined = undefined;
  /**
   * Instructions that the execution which runs now has left. Compiled code subtracts what a stretch of it
   * costs when it enters the stretch. The engine sets it for each execution.
   */
  fuel = 0;
  /** Above 0 inside of metamethods and of functions that a library function calls: nobody may wait there. */
  uninterruptible = 0;

  /** @throws OutOfInstructions when the execution has none left */
  charge(instructions: number): void {
    this.fuel -= instructions;
    if (this.fuel < 0) this.exhausted();
  }

  /** Compiled code calls this when it has made `fuel` negative. */
  exhausted(): never {
    throw new OutOfInstructions('script stopped');
  }

  /**
   * Calls a function from where nobody can wait: a metamethod, or a callback of a library function.
   * @throws LuaError of the function; when it would wait; with `EXIT_TEXT` when it ends the route
   */
  callAtOnce(f: LuaFunction, ...args: LuaValue[]): Exclude<Settled, typeof EXIT> {
    this.uninterruptible += 1;
    try {
      const returned = f(...args);
      const settled = isSuspension(returned) ? finish(returned) : returned;
      if (settled === EXIT) throw new LuaError(EXIT_TEXT, 0);
      return settled as LuaValue | Results;
    } finally {
      this.uninterruptible -= 1;
    }
  }
}

function finish(suspension: Generator<unknown, Settled, unknown>): Settled {
  const step = suspension.next();
  if (step.done === true) return step.value;
  // Closed, so that nothing of it runs later.
  suspension.return(EXIT);
  throw new LuaError('attempt to yield across a C-call boundary');
}
