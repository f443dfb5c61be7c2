/** Frames that an error keeps; a `level` beyond them gets no position. */
const KEPT_FRAMES = 60;
/** The same where the value gets no position: enough for a log line to say where it was raised. */
const FRAMES_FOR_LOG = 8;

/**
 * An error in Lua: `error(value)`, or a wrong operation; what `pcall` catches.
 *
 * A text gets the position of a Lua function in front when somebody looks at it (`errorValue` in `position.ts`),
 * found in the JavaScript stack that this object has kept.
 */
export class LuaError extends Error {
  /** Any Lua value. */
  readonly value: unknown;
  /** Whose position: 0 nobody's, 1 the innermost Lua function's, 2 its caller's, and so on, as in Lua's `error`. */
  readonly level: number;

  constructor(value: unknown, level = 1) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = typeof value === 'string' && level > 0 ? KEPT_FRAMES : FRAMES_FOR_LOG;
    super();
    Error.stackTraceLimit = stackTraceLimit;
    this.value = value;
    this.level = level;
  }
}

/** The route has used up its instructions. `pcall` lets it pass. */
export class OutOfInstructions extends LuaError {}
