/**
 * Where in the Lua source something happened. Compiled functions are JavaScript functions, so the JavaScript stack is
 * the Lua stack; each chunk knows which line of Lua a line of its code is.
 */
import { LuaError } from './lua-error.ts';
import type { LuaValue } from './value.ts';

export interface LuaFrame {
  /** The chunk's name as error messages have it. */
  readonly source: string;
  readonly line: number;
}

interface Chunk {
  readonly source: string;
  readonly lines: readonly number[];
}

/** What file names of compiled chunks begin with, as V8 sees them; a number follows. */
const PREFIX = 'lua:';
/** Frames of library functions are one level, without position, as C functions are in Lua. */
const LIBRARY = new URL('../library/', import.meta.url).href;
/** What of the library calls functions of scripts, which may be of the library too: another level. */
const CALLERS = new Set(['callProtected', 'stepCoroutine']);
/** Chunks whose positions are known. A program that is reloaded more often forgets its oldest ones' line numbers. */
const MAX_CHUNKS = 1_000;

const chunks = new Map<number, Chunk>();
/** What `framesOf` has found: V8 shows the stack of an error only once. */
const knownFrames = new WeakMap<Error, readonly (LuaFrame | undefined)[]>();
let chunkCount = 0;

/**
 * Makes positions in a chunk known.
 * @param lines the line of Lua of each line of the code
 * @returns the file name under which V8 has to know the code
 */
export function registerChunk(source: string, lines: readonly number[]): string {
  chunkCount += 1;
  chunks.set(chunkCount, { source, lines });
  chunks.delete(chunkCount - MAX_CHUNKS);
  return `${PREFIX}${chunkCount}`;
}

/** The functions that were running when `error` was made, innermost first; undefined for a library function. */
export function framesOf(error: Error): readonly (LuaFrame | undefined)[] {
  const known = knownFrames.get(error);
  if (known !== undefined) return known;
  const { prepareStackTrace } = Error;
  const frames: (LuaFrame | undefined)[] = [];
  Error.prepareStackTrace = (_error, sites) => {
    for (const site of sites) {
      const file = site.getFileName() ?? '';;
      if (file.startsWith(PREFIX)) frames.push(frameAt(Number(file.slice(PREFIX.length)), site.getLineNumber() ?? 0));
      else if (file.startsWith(LIBRARY) && (frames.length === 0 || frames.at(-1) !== undefined || CALLERS.has(site.getFunctionName() ?? ''))) {
        frames.push(undefined);
      }
    }
    return '';
  };
  // V8 makes the text of a stack when it is read for the first time, and only then.
  void error.stack;
  Error.prepareStackTrace = prepareStackTrace;
  knownFrames.set(error, frames);
  return frames;
}

function frameAt(chunkNumber: number, codeLine: number): LuaFrame {
  const chunk = chunks.get(chunkNumber);
  return { source: chunk?.source ?? '?', line: chunk?.lines[codeLine - 1] ?? 0 };
}

/** The functions that are running now, innermost first; undefined for a library function. */
export function currentFrames(): readonly (LuaFrame | undefined)[] {
  return framesOf(new LuaError(''));
}

/** The value that a handler gets: of a text, with `source:line:` in front when the error asks for it. */
export function errorValue(error: LuaError): LuaValue {
  const value = error.value as LuaValue;
  if (typeof value !== 'string' || error.level === 0) return value;
  const frames = framesOf(error);
  // Level 1 is the function that called the library function which raised the error.
  const frame = frames[frames[0] === undefined ? error.level : error.level - 1];
  return frame === undefined ? value : `${frame.source}:${frame.line}: ${value}`;
}
