/** Where fengari's library and ours differ: the one list of it. Where nothing else is said, ours is as Lua 5.3.6 itself. */

interface TextDifference {
  readonly fengari: RegExp;
  readonly ours: string;
  readonly because: string;
}

const TEXTS: readonly TextDifference[] = [
  {
    fengari: /^malformed pattern \(missing arguments to '%b'$/,
    ours: "malformed pattern (missing arguments to '%b')",
    because: 'fengari 0.1.5 leaves the bracket out',
  },
  {
    fengari: /^(bad argument #\d+ to ')\w+\./,
    ours: '$1',
    because: 'Lua names a function as the calling code does, and with its library when no code calls it; ours have one name',
  },
  {
    fengari: /^(bad argument #1 to 'pack.* expected, got )nil/,
    ours: '$1no value',
    because: 'string.pack of Lua leaves a nil behind its arguments',
  },
];

interface CallDifference {
  readonly applies: (path: string, args: readonly unknown[]) => boolean;
  readonly because: string;
}

const CALLS: readonly CallDifference[] = [
  {
    applies: (path, [, pattern]) => path.startsWith('string.') && /\(\).*%\d/.test(String(pattern)),
    because: 'a back reference to a position capture matches nothing in C; fengari takes its mark for a length',
  },
  {
    applies: (path, [text, base]) => path === 'tonumber' && base !== undefined && !/^\s*-?\w+\s*$/.test(String(text)),
    because: 'fengari stops at what is no digit, where Lua says that it is no number',
  },
  {
    applies: (path, [text, base]) => path === 'tonumber' && base !== undefined && !digitsFit(String(text), Number(base)),
    because: 'the same for a digit that the base does not have',
  },
  {
    applies: (path, [text, base]) => path === 'tonumber' && base !== undefined && Math.abs(Number.parseInt(String(text).trim(), Number(base))) >= 2 ** 31,
    because: 'fengari reads a numeral of a given base in 32 bits',
  },
  {
    applies: (path, [text]) => path === 'tonumber' && /^\s*-0*(0x)?[0.]*(e[-+]?\d+|p[-+]?\d+)?\s*$/i.test(String(text)),
    because: 'minus zero is a number of its own, as in Lua 5.1, where 5.3 and fengari have the integer 0 for "-0"',
  },
];

function digitsFit(text: string, base: number): boolean {
  return [...text.trim().replace(/^-/, '')].every((digit) => Number.parseInt(digit, 36) < base);
}

/** An error text of fengari as ours would be. */
export function ourText(fengari: string): string {
  return TEXTS.reduce((text, difference) => text.replace(difference.fengari, difference.ours), fengari);
}

/** A call whose results are not compared. */
export function differs(path: string, args: readonly unknown[]): boolean {
  return CALLS.some((difference) => difference.applies(path, args));
}
