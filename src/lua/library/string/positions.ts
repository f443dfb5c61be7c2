/** A position in a text of `length` bytes as a script gives it: negative ones count from the end, 0 is before the first. */
export function fromEnd(position: number, length: number): number {
  if (position >= 0) return position;
  return position < -length ? 0 : length + position + 1;
}
