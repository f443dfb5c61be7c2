const RADIX = 36;
const PAIR = RADIX * RADIX;

/** `00` to `zz`. */
const PAIRS = Array.from({ length: PAIR }, (_, value) => value.toString(RADIX).padStart(2, '0'));

/**
 * A whole number from 0 up in base 36, as `toString(36)` writes it. That leaves compiled code for it; this takes a quarter
 * of the time (bench/base/base36.bench.ts).
 */
export function base36(value: number): string {
  let text = '';
  while (value >= PAIR) {
    const rest = Math.floor(value / PAIR);
    text = PAIRS[value - rest * PAIR]! + text;
    value = rest;
  }
  return value < RADIX ? PAIRS[value]!.charAt(1) + text : PAIRS[value]! + text;
}
