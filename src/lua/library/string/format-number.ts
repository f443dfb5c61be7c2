/** Numbers as C's `printf` writes them, for `string.format` (ISO C99 §7.19.6.1). */
import { exponential, fixed } from './decimal.ts';
import { padNumber, signOf, type FormatSpec } from './format-spec.ts';

const RADIX: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 };
const PREFIX: Readonly<Record<string, string>> = { o: '0', x: '0x', X: '0X' };

/** `%d %i %u %o %x %X` of an integer. Negative ones are 64 bits without sign where there is none. */
export function formatInteger(value: number, spec: FormatSpec): string {
  const { conversion, precision } = spec;
  const signed = conversion === 'd' || conversion === 'i';
  const magnitude = signed ? integerText(Math.abs(value), 10) : integerText(value, RADIX[conversion] ?? 10);
  let digits = precision === 0 && value === 0 ? '' : magnitude.padStart(precision ?? 1, '0');
  let sign = signed ? signOf(value < 0, spec) : '';
  if (spec.alternate && conversion === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
  if (spec.alternate && conversion !== 'o' && value !== 0) sign += PREFIX[conversion] ?? '';
  // A precision says how many zeros there are.
  const text = padNumber(sign, digits, spec, spec.zeros && precision === undefined);
  return conversion === 'X' ? text.toUpperCase() : text;
}

function integerText(value: number, radix: number): string {
  if (Number.isSafeInteger(value) && value >= 0) return value.toString(radix);
  return (value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value)).toString(radix);
}

/** `%e %E %f %g %G %a %A`. */
export function formatFloat(value: number, spec: FormatSpec): string {
  const upperCase = spec.conversion < 'a';
  const negative = value < 0 || Object.is(value, -0);
  const sign = signOf(negative, spec);
  const text = Number.isFinite(value)
    ? finiteText(Math.abs(value), sign, spec)
    : padNumber(sign, Number.isNaN(value) ? 'nan' : 'inf', spec, false);
  return upperCase ? text.toUpperCase() : text;
}

function finiteText(value: number, sign: string, spec: FormatSpec): string {
  switch (spec.conversion.toLowerCase()) {
    case 'f':
      return padNumber(sign, withPoint(fixed(value, spec.precision ?? 6), spec), spec);
    case 'e':
      return padNumber(sign, exponentialText(value, spec.precision ?? 6, spec), spec);
    case 'g':
      return padNumber(sign, generalText(value, spec), spec);
    default:
      // Zeros go behind the prefix.
      return padNumber(`${sign}0x`, hexadecimalText(value, spec), spec);
  }
}

/** With `#` a number has its point even when nothing follows. */
function withPoint(digits: string, { alternate }: FormatSpec): string {
  return alternate && !digits.includes('.') ? `${digits}.` : digits;
}

function exponentText(exponent: number, fewestDigits: number): string {
  return (exponent < 0 ? '-' : '+') + String(Math.abs(exponent)).padStart(fewestDigits, '0');
}

function exponentialText(value: number, digits: number, spec: FormatSpec): string {
  const { mantissa, exponent } = exponential(value, digits);
  return `${withPoint(mantissa, spec)}e${exponentText(exponent, 2)}`;
}

/** The shorter one of the two notations, with `precision` significant digits. */
function generalText(value: number, spec: FormatSpec): string {
  const significant = Math.max(spec.precision ?? 6, 1);
  const { mantissa, exponent } = exponential(value, significant - 1);
  if (exponent < -4 || exponent >= significant) {
    return `${spec.alternate ? withPoint(mantissa, spec) : withoutTrailingZeros(mantissa)}e${exponentText(exponent, 2)}`;
  }
  const digits = fixed(value, significant - 1 - exponent);
  return spec.alternate ? withPoint(digits, spec) : withoutTrailingZeros(digits);
}

function withoutTrailingZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** `1.8p+3`: the 52 bits behind the point as 13 hexadecimal digits, fewer when the rest is zeros. */
function hexadecimalText(value: number, spec: FormatSpec): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const biasedExponent = Number(word >> 52n);
  let significand = (word & 0xfffffffffffffn) | (biasedExponent === 0 ? 0n : 1n << 52n);
  const exponent = value === 0 ? 0 : Math.max(biasedExponent, 1) - 1023;
  const { precision } = spec;
  if (precision !== undefined && precision < 13) significand = roundToEven(significand, BigInt(52 - 4 * precision));
  const fraction = (significand & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const digits = precision === undefined ? fraction.replace(/0+$/, '') : fraction.slice(0, precision).padEnd(precision, '0');
  const point = digits !== '' || spec.alternate ? '.' : '';
  return `${significand >> 52n}${point}${digits}p${exponentText(exponent, 1)}`;
}

/** Clears the lowest `bits`. */
function roundToEven(value: bigint, bits: bigint): bigint {
  const step = 1n << bits;
  const rest = value % step;
  const down = value - rest;
  const up = rest * 2n > step || (rest * 2n === step && (down / step) % 2n === 1n);
  return up ? down + step : down;
}
