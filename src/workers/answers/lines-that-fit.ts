import { MAX_POST_WEIGHT, postWeight } from '../render/post-weight.ts';

/** For the reference at the end. */
const REFERENCE_WEIGHT = 20;

/** How many of the lines go under a post together with those before them and with what has to be said of the rest. */
export function linesThatFit(before: readonly string[], lines: readonly string[], rest: (shown: number) => string): number {
  const fits = (count: number) => postWeight([...before, ...lines.slice(0, count), rest(count)].join('\n')) <= MAX_POST_WEIGHT - REFERENCE_WEIGHT;
  let count = lines.length;
  while (count > 0 && !fits(count)) count -= 1;
  return count;
}
