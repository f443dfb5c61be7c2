import { timingSafeEqual } from 'node:crypto';

/**
 * Whether two one-byte texts are equal, in a time that depends on their length only: how many
 * leading characters of a guess were right must not show.
 */
export function equalInConstantTime(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  return timingSafeEqual(Buffer.from(left, 'latin1'), Buffer.from(right, 'latin1'));
}
