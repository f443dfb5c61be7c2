/** The part of the debug library that only looks (Lua 5.3 reference manual, §6.10). */
import { currentFrames, framesOf, type LuaFrame } from '../runtime/position.ts';
import type { LuaValue } from '../runtime/value.ts';
import { Coroutine } from '../runtime/value.ts';
import { argumentError, optionalInteger, optionalString } from './arguments.ts';
import { tableOfFields, type Library } from './results.ts';

export interface HandledError {
  /** The error whose handler runs now (`xpcall`): what `debug.traceback` shows. */
  error: Error | undefined;
}

type Frame = LuaFrame | undefined;

/** Levels that a traceback shows of the beginning and of the end of a deep stack; 5.3's numbers. */
const FIRST_LEVELS = 10;
const LAST_LEVELS = 11;

export function debugFunctions(handled: HandledError): Library {
  /** The functions that run, without those of the library that was called last. */
  function callers(): readonly Frame[] {
    const frames = handled.error === undefined ? currentFrames() : framesOf(handled.error);
    return frames[0] === undefined ? frames.slice(1) : frames;
  }

  function traceback(...args: LuaValue[]): LuaValue {
    // Of a coroutine that does not run nothing is known; its traceback is empty.
    const thread = args[0] instanceof Coroutine ? args.shift() : undefined;
    const [message, level] = args;
    if (message !== undefined && typeof message !== 'string' && typeof message !== 'number') return message;
    const skipped = optionalInteger(level, 1, 2, 'traceback', args.length) - 1;
    const lines = thread === undefined ? shown(callers().slice(Math.max(skipped, 0)).map(describe)) : [];
    const heading = message === undefined ? '' : `${optionalString(message, '', 1, 'traceback', args.length)}\n`;
    return `${heading}stack traceback:${lines.map((line) => `\n\t${line}`).join('')}`;
  }

  /** Of a level: the source and the line that runs. Of a function: that it is Lua's or not is all that is known. */
  function getinfo(...args: LuaValue[]): LuaValue {
    if (args[0] instanceof Coroutine) args.shift();
    const [of, what] = args;
    const fields = optionalString(what, 'Slnt', 2, 'getinfo', args.length);
    if (/[^SlnrutLf]/.test(fields)) throw argumentError(2, 'getinfo', 'invalid option');
    if (typeof of === 'function') return tableOfFields(describedFields(fields, { source: '?', line: -1 }));
    const level = optionalInteger(of, 0, 1, 'getinfo', args.length);
    if (level < 0) return undefined;
    const frames = callers();
    if (level > frames.length) return undefined;
    return tableOfFields(describedFields(fields, level === 0 ? undefined : frames[level - 1]));
  }

  return { getinfo, traceback };
}

function describe(frame: Frame): string {
  return frame === undefined ? '[C]: in ?' : `${frame.source}:${frame.line}: in function`;
}

function shown(lines: readonly string[]): readonly string[] {
  if (lines.length <= FIRST_LEVELS + LAST_LEVELS) return lines;
  return [...lines.slice(0, FIRST_LEVELS), '...', ...lines.slice(-LAST_LEVELS)];
}

function describedFields(wanted: string, frame: Frame): Library {
  const library = frame === undefined;
  return {
    ...(wanted.includes('S') && {
      source: library ? '=[C]' : `@${frame.source}`,
      short_src: library ? '[C]' : frame.source,
      what: library ? 'C' : 'Lua',
      linedefined: -1,
      lastlinedefined: -1,
    }),
    ...(wanted.includes('l') && { currentline: library ? -1 : frame.line }),
    ...(wanted.includes('n') && { namewhat: '' }),
  };
}
