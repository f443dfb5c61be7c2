/** More slots than this are not made for any number of transactions: 2 MiB. */
const MOST_SLOTS = 2 ** 18;

/**
 * How many slots a table of transactions gets: a power of two.
 *
 * @param most how many transactions there will be at once, about
 */
export function tableSize(most: number): number {
  return Math.min(MOST_SLOTS, 2 ** Math.ceil(Math.log2(Math.max(most, 2))));
}
