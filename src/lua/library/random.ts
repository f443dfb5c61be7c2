const TWO_32 = 2 ** 32;

/** xoshiro128** of Blackman and Vigna: 128 bits of state, a period of 2^128 - 1. */
export class RandomNumbers {
  readonly #state = new Uint32Array(4);

  constructor(seed: number) {
    this.seed(seed);
  }

  /** The same seed gives the same numbers. */
  seed(seed: number): void {
    // SplitMix32 spreads the 64 bits of the seed over the state, which must not be all zeros.
    let mixed = (seed | 0) ^ Math.imul(Math.floor(seed / TWO_32) | 0, 0x85ebca6b);
    for (let at = 0; at < 4; at += 1) {
      mixed = (mixed + 0x9e3779b9) | 0;
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.#state[at] = word ^ (word >>> 15);
    }
    this.#state[3]! |= 1;
  }

  /** A number from 0 up to but not including 1, of 53 random bits. */
  next(): number {
    return ((this.#word() >>> 5) * 2 ** 26 + (this.#word() >>> 6)) / 2 ** 53;
  }

  #word(): number {
    const state = this.#state;
    const [first, second, third, fourth] = state as unknown as readonly [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(second, 5), 7), 9) >>> 0;
    state[2] = third ^ first;
    state[3] = fourth ^ second;
    state[1] = second ^ state[2]!;
    state[0] = first ^ state[3]!;
    state[2]! ^= second << 9;
    state[3] = rotateLeft(state[3]!, 11);
    return result;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
