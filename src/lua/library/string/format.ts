/** `string.format` (Lua 5.3 reference manual, §6.4). */
import { LuaError } from '../../runtime/lua-error.ts';
import { toText } from '../../runtime/operations/to-text.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { LuaFunction, LuaValue } from '../../runtime/value.ts';
import { argumentError, integerArgument, numberArgument, stringArgument } from '../arguments.ts';
import { formatFloat, formatInteger } from './format-number.ts';
import { isPlain, pad, readSpec, type FormatSpec } from './format-spec.ts';
import { quoted } from './quoted.ts';

/** Formats that are kept in the form they were read to; past it the oldest one is read again when it comes again. */
const MAX_KEPT = 256;

/** A format: texts between which conversions stand. An error, as its text, is raised when it is reached, as in Lua. */
interface Format {
  readonly texts: readonly string[];
  readonly conversions: readonly (FormatSpec | string)[];
}

export function formatFunction(runtime: Runtime): LuaFunction {
  const kept = new Map<string, Format>();

  function formatOf(text: string): Format {
    let format = kept.get(text);
    if (format === undefined) {
      format = readFormat(text);
      if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
      kept.set(text, format);
    }
    return format;
  }

  function convert(spec: FormatSpec, args: readonly LuaValue[], position: number): string {
    const value = args[position - 1];
    switch (spec.conversion) {
      case 's': {
        const text = toText(runtime, value);
        return isPlain(spec) ? text : formatText(text, spec, position);
      }
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
        return formatInteger(integerArgument(value, position, 'format', args.length), spec);
      case 'a':
      case 'A':
      case 'e':
      case 'E':
      case 'f':
      case 'g':
      case 'G':
        return formatFloat(numberArgument(value, position, 'format', args.length), spec);
      case 'c':
        return pad(String.fromCharCode(integerArgument(value, position, 'format', args.length) & 0xff), spec);
      case 'q': {
        const text = quoted(value);
        if (text === undefined) throw argumentError(position, 'format', 'value has no literal form');
        return text;
      }
      default:
        throw new LuaError(`invalid option '%${written(spec.conversion)}' to 'format'`);
    }
  }

  return function format(...args: LuaValue[]): LuaValue {
    const { texts, conversions } = formatOf(stringArgument(args[0], 1, 'format', args.length));
    let result = texts[0]!;
    for (let at = 0; at < conversions.length; at += 1) {
      const conversion = conversions[at]!;
      const position = at + 2;
      if (position > args.length) throw argumentError(position, 'format', 'no value');
      if (typeof conversion === 'string') throw new LuaError(conversion);
      result += convert(conversion, args, position) + texts[at + 1]!;
    }
    return result;
  };
}

/** A byte as errors show it: the end of a format is the zero byte that C has there. */
function written(byte: string): string {
  return byte >= ' ' && byte <= '~' ? byte : `<\\${byte === '' ? 0 : byte.charCodeAt(0)}>`;
}

function readFormat(format: string): Format {
  const texts = [''];
  const conversions: (FormatSpec | string)[] = [];
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf('%', at);
    const textEnd = percent < 0 ? format.length : percent;
    texts[texts.length - 1] += format.slice(at, textEnd);
    if (percent < 0) break;
    if (format[percent + 1] === '%') {
      texts[texts.length - 1] += '%';
      at = percent + 2;
      continue;
    }
    const { spec, end } = readSpec(format, percent + 1);
    conversions.push(spec);
    texts.push('');
    at = end;
  }
  return { texts, conversions };
}

function formatText(text: string, spec: FormatSpec, position: number): string {
  if (text.includes('\0')) throw argumentError(position, 'format', 'string contains zeros');
  return pad(spec.precision === undefined ? text : text.slice(0, spec.precision), spec);
}
