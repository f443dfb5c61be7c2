/** A generator of whole numbers below `below` (mulberry32): small, fast, the same on each machine. */
export type Random = (below: number) => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The seed of one of many runs, such that neighbours have nothing in common. */
export function seedOf(seed: number, iteration: number): number {
  return Math.imul(seed, 0x9e3779b1) + iteration;
}
