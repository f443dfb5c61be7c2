import type { LuaFunction, Suspension } from './value.ts';

export type CoroutineStatus = 'suspended' | 'running' | 'normal' | 'dead';

/** A coroutine of the script (`coroutine.create`). */
export class Coroutine {
  status: CoroutineStatus = 'suspended';
  /** What to call at the first resume; undefined afterwards. */
  body: LuaFunction | undefined;
  /** The body since it has yielded. */
  suspension: Suspension | undefined = undefined;
  /** Who resumed it and waits for it: the coroutine that goes on when this one yields. */
  resumer: Coroutine | undefined = undefined;

  constructor(body: LuaFunction) {
    this.body = body;
  }
}
