/**
 * Where in the Lua source something happened. The compiler keeps every statement on its line, so the JavaScript
 * stack is the Lua stack: its frames in compiled chunks, in order, with the same line numbers.
 */
import { LuaError } from './lua-error.ts';
import type { LuaValue } from './value.ts';

/** What file names of compiled chunks begin with, as V8 sees them; the rest is the source's name for messages. */
export const CHUNK_PREFIX = 'lua:';

export interface LuaFrame {
  /** The chunk's name as error messages have it. */
  readonly source: string;
  readonly line: number;
}

/** The Lua functions that were running when `error` was made, innermost first. */
export function framesOf(error: Error): readonly LuaFrame[] {
  const { prepareStackTrace } = Error;
  let frames: readonly LuaFrame[] = [];
  Error.prepareStackTrace = (_error, sites) => {
    frames = sites.flatMap((site) => {
      const file = site.getFileName() ?? '';
      return file.startsWith(CHUNK_PREFIX) ? [{ source: file.slice(CHUNK_PREFIX.length), line: site.getLineNumber() ?? 0 }] : [];
    });
    return '';
  };
  // V8 formats the stack of an error when it is read for the first time, and only then.
  void error.stack;
  Error.prepareStackTrace = prepareStackTrace;
  return frames;
}

/** The Lua functions that are running now, innermost first. */
export function currentFrames(): readonly LuaFrame[] {
  return framesOf(new LuaError(''));
}

/** The value that a handler gets: of a text, with `source:line:` in front when the error asks for it. */
export function errorValue(error: LuaError): LuaValue {
  const { value, level } = error;
  if (typeof value !== 'string' || level === 0) return value as LuaValue;
  const frame = framesOf(error)[level - 1];
  return frame === undefined ? value : `${frame.source}:${frame.line}: ${value}`;
}
