import { lua, type LuaState } from './fengari.ts';
import { pushText } from './values.ts';

const { lua_checkstack, lua_newthread, lua_pop, lua_pushvalue, lua_xmove } = lua;

/** Names past this many are made anew each time: callbacks are few, but a script may compute what it gives to `t_on_failure`. */
const MAX_NAMES = 200;

/**
 * The names of callbacks as Lua strings. fengari computes the hash of a string once for each string object, and takes
 * longer for it than for finding the global: each name is made once, and kept on the stack of a thread of its own.
 */
export class Names {
  readonly #main: LuaState;
  readonly #kept: LuaState;
  readonly #positions = new Map<string, number>();

  constructor(main: LuaState) {
    this.#main = main;
    this.#kept = lua_newthread(main);
    lua_pop(main, 1);
    lua_checkstack(this.#kept, MAX_NAMES + 1);
  }

  /** Pushes a name onto the main thread's stack. */
  push(name: string): void {
    let position = this.#positions.get(name);
    if (position === undefined) {
      if (this.#positions.size === MAX_NAMES) return pushText(this.#main, name);
      position = this.#positions.size + 1;
      pushText(this.#kept, name);
      this.#positions.set(name, position);
    }
    lua_pushvalue(this.#kept, position);
    lua_xmove(this.#kept, this.#main, 1);
  }
}
