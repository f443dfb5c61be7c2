/** Decimal notation with a given number of digits, rounded as C does: to the nearest, and of two equally near ones to the even one. */

/** From here on JavaScript writes numbers with an exponent. */
const TOO_LARGE_FOR_FIXED = 1e21;

/** `%.*f` of a finite number that is not negative. */
export function fixed(value: number, digits: number): string {
  if (value >= TOO_LARGE_FOR_FIXED) return BigInt(value).toString() + (digits === 0 ? '' : `.${'0'.repeat(digits)}`);
  return toEven(value.toFixed(digits), value, -digits);
}

/** `%.*e` of a finite number that is not negative, as its digits (`1.50`) and its exponent. */
export function exponential(value: number, digits: number): { readonly mantissa: string; readonly exponent: number } {
  const [mantissa = '', exponentText = '0'] = value.toExponential(digits).split('e');
  const exponent = Number(exponentText);
  return { mantissa: toEven(mantissa, value, exponent - digits), exponent };
}

/** JavaScript rounds a tie up. When that made the last digit odd, the one below it is the even one. */
function toEven(written: string, value: number, lastDigitPower: number): string {
  const lastDigit = Number(written.at(-1));
  if (lastDigit % 2 === 0 || !isTie(value, lastDigitPower)) return written;
  return written.slice(0, -1) + String(lastDigit - 1);
}

/** Whether a number is half way between two multiples of 10^power. */
function isTie(value: number, power: number): boolean {
  if (power <= 0) {
    // A double is half of an odd multiple of 10^-n only if 2^(n+1) times it is odd.
    return Math.abs((value * 2 ** (1 - power)) % 2) === 1;
  }
  if (!Number.isInteger(value)) return false;
  const step = 10n ** BigInt(power);
  return (BigInt(value) % step) * 2n === step;
}
