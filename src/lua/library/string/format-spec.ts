/** What stands between `%` and the letter of a conversion, and the letter. */
export interface FormatSpec {
  readonly conversion: string;
  /** `-` */
  readonly left: boolean;
  /** `+` */
  readonly plus: boolean;
  /** A blank: in the place of a plus. */
  readonly blank: boolean;
  /** `#` */
  readonly alternate: boolean;
  /** `0` */
  readonly zeros: boolean;
  readonly width: number;
  readonly precision: number | undefined;
}

const FLAGS = '-+ #0';
const SPEC = /([-+ #0]*)(\d{0,2})(?:(\.)(\d{0,2}))?/y;

/** A plain conversion like `%d`, without the details. */
export function isPlain(spec: FormatSpec): boolean {
  return spec.width === 0 && spec.precision === undefined && !(spec.left || spec.plus || spec.blank || spec.alternate || spec.zeros);
}

/**
 * Reads the conversion at `at`, behind the `%`.
 * @returns it, or the text of the error that it is, and where it ends
 */
export function readSpec(format: string, at: number): { readonly spec: FormatSpec | string; readonly end: number } {
  SPEC.lastIndex = at;
  const [all = '', flags = '', width = '', point, precision = ''] = SPEC.exec(format) ?? [];
  const end = at + all.length;
  if (flags.length > FLAGS.length) return { spec: 'invalid format (repeated flags)', end };
  const conversion = format[end] ?? '';
  if (conversion >= '0' && conversion <= '9') {
    return { spec: 'invalid format (width or precision too long)', end };
  }
  const spec = {
    conversion,
    left: flags.includes('-'),
    plus: flags.includes('+'),
    blank: flags.includes(' '),
    alternate: flags.includes('#'),
    zeros: flags.includes('0'),
    width: Number(width),
    precision: point === undefined ? undefined : Number(precision),
  };
  return { spec, end: end + 1 };
}

/** Fills up a text to the width with blanks. */
export function pad(text: string, { left, width }: FormatSpec): string {
  return left ? text.padEnd(width) : text.padStart(width);
}

/** Fills up a number to the width: with zeros behind its sign and prefix when that is wanted. */
export function padNumber(sign: string, digits: string, spec: FormatSpec, zeros = spec.zeros): string {
  const filled = zeros && !spec.left ? digits.padStart(spec.width - sign.length, '0') : digits;
  return pad(sign + filled, spec);
}

export function signOf(negative: boolean, { plus, blank }: FormatSpec): string {
  if (negative) return '-';
  return plus ? '+' : blank ? ' ' : '';
}
