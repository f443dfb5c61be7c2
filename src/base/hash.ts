import { base36 } from './base36.ts';

/**
 * FNV-1a over the characters of some texts, two lanes of 32 bits, as 14 characters or fewer of base 36.
 * For names that must come out the same each time and need no secrecy beyond `seed`. Texts are added one by one:
 * to join them first would cost as much as the hash.
 */
export class ShortHash {
  #a: number;
  #b: number;

  constructor(seed: number) {
    this.#a = 0x811c9dc5 ^ seed;
    this.#b = 0x050c5d1f ^ seed;
  }

  /** Where one text ends and the next begins counts too. */
  add(text: string): this {
    let a = this.#a;
    let b = this.#b;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      a = Math.imul(a ^ code, 0x01000193);
      b = (Math.imul(b ^ code, 0x01000197) + at) | 0;
    }
    return this.#mix(a, b, text.length);
  }

  addNumber(value: number): this {
    return this.#mix(this.#a, this.#b, value);
  }

  get text(): string {
    return base36(this.#a >>> 0) + base36(this.#b >>> 0);
  }

  /** The first lane, as a signed number of 32 bits; the other is `low`. */
  get high(): number {
    return this.#a;
  }

  get low(): number {
    return this.#b;
  }

  #mix(a: number, b: number, value: number): this {
    this.#a = Math.imul(a ^ value, 0x01000193);
    this.#b = (Math.imul(b ^ value, 0x01000197) + 1) | 0;
    return this;
  }
}

/** The same of one text. */
export function shortHash(text: string, seed: number): string {
  return new ShortHash(seed).add(text).text;
}
