/**
 * `os.clock`, `date`, `difftime`, `exit`, `setlocale` and `time` (Lua 5.3 reference manual, §6.9). The rest is withheld: a
 * routing script has no business with files, programs, and an environment that holds passwords.
 */
import { LuaError } from '../../runtime/lua-error.ts';
import { toNumber } from '../../runtime/number.ts';
import { EXIT, type LuaValue, type Table } from '../../runtime/value.ts';
import { argumentError, integerArgument, numberArgument, optionalString, tableArgument } from '../arguments.ts';
import type { LibraryHost } from '../host.ts';
import { tableOfFields, type Library } from '../results.ts';
import { calendarTime, epochMsOf, type CalendarTime } from './calendar.ts';
import { strftime } from './strftime.ts';

/** Largest magnitude of a field of a date; half of C's `int`. */
const MAX_FIELD = 2 ** 30 - 1;

export function osFunctions(host: LibraryHost): Library {
  /** Whole seconds. */
  const now = () => Math.floor(host.nowMs() / 1000);

  function date(format: LuaValue, at: LuaValue): LuaValue {
    const written = optionalString(format, '%c', 1, 'date', arguments.length);
    const seconds = at === undefined ? now() : integerArgument(at, 2, 'date', arguments.length);
    const utc = written.startsWith('!');
    const time = calendarTime(seconds * 1000, utc);
    if (time === undefined) throw notRepresentable();
    const conversions = utc ? written.slice(1) : written;
    if (conversions.startsWith('*t')) return tableOfFields(dateFields(time));
    const text = strftime(conversions, time);
    if (typeof text !== 'string') throw argumentError(1, 'date', `invalid conversion specifier '%${text.invalid}'`);
    return text;
  }

  function time(value: LuaValue): LuaValue {
    if (value === undefined) return now();
    const fields = tableArgument(value, 1, 'time', arguments.length);
    const [second, minute, hour] = [dateField(fields, 'sec', 0), dateField(fields, 'min', 0), dateField(fields, 'hour', 12)];
    const [day, month, year] = [dateField(fields, 'day'), dateField(fields, 'month'), dateField(fields, 'year')];
    const epochMs = epochMsOf({ year, month, day, hour, minute, second });
    const normal = calendarTime(epochMs, false);
    if (normal === undefined) throw notRepresentable();
    for (const [name, field] of Object.entries(dateFields(normal))) fields.set(name, field);
    return epochMs / 1000;
  }

  function exit(): typeof EXIT {
    host.complain('os.exit() in a routing script ends the route, not the server');
    return EXIT;
  }

  return { clock: () => host.monotonicMs() / 1000, date, difftime, exit, setlocale, time };
}

function notRepresentable(): LuaError {
  return new LuaError('time result cannot be represented in this installation');
}

function dateFields(time: CalendarTime): Library {
  return {
    year: time.year,
    month: time.month,
    day: time.day,
    hour: time.hour,
    min: time.minute,
    sec: time.second,
    yday: time.dayOfYear,
    wday: time.weekday + 1,
    isdst: time.daylightSaving,
  };
}

function dateField(fields: Table, name: string, fallback?: number): number {
  const value = fields.getField(name);
  const number = toNumber(value);
  if (number === undefined || !Number.isInteger(number)) {
    if (value !== undefined) throw new LuaError(`field '${name}' is not an integer`);
    if (fallback === undefined) throw new LuaError(`field '${name}' missing in date table`);
    return fallback;
  }
  if (Math.abs(number) > MAX_FIELD) throw new LuaError(`field '${name}' is out-of-bound`);
  return number;
}

function difftime(later: LuaValue, earlier: LuaValue): LuaValue {
  return numberArgument(later, 1, 'difftime', arguments.length) - numberArgument(earlier, 2, 'difftime', arguments.length);
}

/** There is one locale. */
function setlocale(locale: LuaValue): LuaValue {
  const name = optionalString(locale, 'C', 1, 'setlocale', arguments.length);
  return name === '' || name === 'C' || name === 'POSIX' ? 'C' : undefined;
}
