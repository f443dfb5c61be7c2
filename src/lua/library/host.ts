import type { LuaFunction } from '../runtime/value.ts';

/** What the standard library needs of the program around it. */
export interface LibraryHost {
  /** Takes a line of `print` or `io.write`. */
  print(line: string): void;
  /** Wall-clock time in milliseconds since the epoch. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. For `os.clock`. */
  monotonicMs(): number;
  /** Notes what a script did that has another effect here than elsewhere, with its place. */
  complain(message: string): void;
  /**
   * Logs what was thrown and is no error of Lua: a fault of this program, not of the script.
   * @returns the text that the script sees
   */
  internalError(thrown: unknown): string;
  /** Longest result of `string.rep` in bytes. */
  readonly maxRepeatBytes: number;
  /** The compiled chunk of a module that the script requires; undefined when there is none. */
  loadModule(name: string): LuaFunction | undefined;
  /** The compiled chunk of a file that the script executes by `dofile`; undefined when there is none. */
  loadFile(path: string): LuaFunction | undefined;
}
