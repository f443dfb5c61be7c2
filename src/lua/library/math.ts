/**
 * Mathematical functions (Lua 5.3 reference manual, §6.7, and those of 5.1), for numbers that are all doubles: what has no
 * fraction is an integer, and the integers are those that a double counts one by one.
 */
import { LuaError } from '../runtime/lua-error.ts';
import { toNumber } from '../runtime/number.ts';
import { power } from '../runtime/operations/arithmetic.ts';
import { NONE, type LuaValue, type Results } from '../runtime/value.ts';
import { argumentError, integerArgument, numberArgument, requireArgument } from './arguments.ts';
import { RandomNumbers } from './random.ts';
import type { Library } from './results.ts';

export function mathFunctions(): Library {
  // Not reproducible until the script asks for it.
  const randomNumbers = new RandomNumbers(Math.random() * 2 ** 53);

  function random(low: LuaValue, high: LuaValue): LuaValue {
    const given = arguments.length;
    if (given === 0) return randomNumbers.next();
    if (given > 2) throw new LuaError('wrong number of arguments');
    const from = given === 1 ? 1 : integerArgument(low, 1, 'random', given);
    const to = integerArgument(given === 1 ? low : high, given, 'random', given);
    if (from > to) throw argumentError(given, 'random', 'interval is empty');
    return from + Math.floor(randomNumbers.next() * (to - from + 1));
  }

  function randomseed(seed: LuaValue): Results {
    randomNumbers.seed(numberArgument(seed, 1, 'randomseed', arguments.length));
    return NONE;
  }

  return {
    ...ofOne('abs', Math.abs),
    ...ofOne('acos', Math.acos),
    ...ofOne('asin', Math.asin),
    atan,
    atan2: atan,
    ...ofOne('ceil', (x) => Math.ceil(x) + 0),
    ...ofOne('cos', Math.cos),
    ...ofOne('cosh', Math.cosh),
    ...ofOne('deg', (x) => x * (180 / Math.PI)),
    ...ofOne('exp', Math.exp),
    ...ofOne('floor', (x) => Math.floor(x) + 0),
    fmod,
    frexp,
    huge: Infinity,
    ldexp,
    log,
    ...ofOne('log10', Math.log10),
    max,
    maxinteger: Number.MAX_SAFE_INTEGER,
    min,
    mininteger: Number.MIN_SAFE_INTEGER,
    mod: fmod,
    modf,
    pi: Math.PI,
    pow,
    ...ofOne('rad', (x) => x * (Math.PI / 180)),
    random,
    randomseed,
    ...ofOne('sin', Math.sin),
    ...ofOne('sinh', Math.sinh),
    ...ofOne('sqrt', Math.sqrt),
    ...ofOne('tan', Math.tan),
    ...ofOne('tanh', Math.tanh),
    tointeger,
    type,
    ult,
  };
}

/** A function of one number. */
function ofOne(name: string, compute: (x: number) => number): Library {
  return {
    [name](x: LuaValue): LuaValue {
      return compute(typeof x === 'number' ? x : numberArgument(x, 1, name, arguments.length));
    },
  };
}

function atan(y: LuaValue, x: LuaValue): LuaValue {
  const divisor = x === undefined ? 1 : numberArgument(x, 2, 'atan', arguments.length);
  return Math.atan2(numberArgument(y, 1, 'atan', arguments.length), divisor);
}

/** The remainder of a division that rounds towards zero. */
function fmod(a: LuaValue, b: LuaValue): LuaValue {
  return numberArgument(a, 1, 'fmod', arguments.length) % numberArgument(b, 2, 'fmod', arguments.length);
}

/** `m` and `e` with `x = m * 2^e`, and `m` from 0.5 up to but not including 1. */
function frexp(value: LuaValue): Results {
  const x = numberArgument(value, 1, 'frexp', arguments.length);
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  // Below 2^-1022 a double has less digits; the logarithm may be one off.
  const scaled = Math.abs(x) < 2 ** -1022 ? x * 2 ** 54 : x;
  let exponent = Math.min(Math.floor(Math.log2(Math.abs(scaled))) + 1, 1024);
  let mantissa = scaled / 2 ** (exponent - 1) / 2;
  if (Math.abs(mantissa) >= 1) {
    mantissa /= 2;
    exponent += 1;
  } else if (Math.abs(mantissa) < 0.5) {
    mantissa *= 2;
    exponent -= 1;
  }
  return [mantissa, scaled === x ? exponent : exponent - 54];
}

function ldexp(mantissa: LuaValue, exponent: LuaValue): LuaValue {
  const m = numberArgument(mantissa, 1, 'ldexp', arguments.length);
  return m * 2 ** integerArgument(exponent, 2, 'ldexp', arguments.length);
}

function log(value: LuaValue, base: LuaValue): LuaValue {
  const x = numberArgument(value, 1, 'log', arguments.length);
  if (base === undefined) return Math.log(x);
  const of = numberArgument(base, 2, 'log', arguments.length);
  if (of === 2) return Math.log2(x);
  return of === 10 ? Math.log10(x) : Math.log(x) / Math.log(of);
}

function max(...values: LuaValue[]): LuaValue {
  let most = numberArgument(values[0], 1, 'max', values.length);
  for (let at = 1; at < values.length; at += 1) {
    const value = numberArgument(values[at], at + 1, 'max', values.length);
    if (value > most) most = value;
  }
  return most;
}

function min(...values: LuaValue[]): LuaValue {
  let least = numberArgument(values[0], 1, 'min', values.length);
  for (let at = 1; at < values.length; at += 1) {
    const value = numberArgument(values[at], at + 1, 'min', values.length);
    if (value < least) least = value;
  }
  return least;
}

/** The whole part and the fraction. */
function modf(value: LuaValue): Results {
  const x = numberArgument(value, 1, 'modf', arguments.length);
  const whole = Math.trunc(x);
  return [whole, whole === x ? 0 : x - whole];
}

function pow(base: LuaValue, exponent: LuaValue): LuaValue {
  return power(numberArgument(base, 1, 'pow', arguments.length), numberArgument(exponent, 2, 'pow', arguments.length));
}

/** The value when it is an integer, or a text that is one. */
function tointeger(value: LuaValue): LuaValue {
  requireArgument(1, 'tointeger', arguments.length);
  const number = toNumber(value);
  return Number.isInteger(number) ? number : undefined;
}

/** An integer is a number that a double counts exactly. */
function type(value: LuaValue): LuaValue {
  requireArgument(1, 'type', arguments.length);
  if (typeof value !== 'number') return undefined;
  return Number.isSafeInteger(value) ? 'integer' : 'float';
}

/** `a < b` of integers without sign: negative ones are above all others. */
function ult(a: LuaValue, b: LuaValue): LuaValue {
  const [x, y] = [integerArgument(a, 1, 'ult', arguments.length), integerArgument(b, 2, 'ult', arguments.length)];
  return x < 0 === y < 0 ? x < y : y < 0;
}
