const CHUNK_BYTES = 2 ** 20;

/**
 * One-byte texts that are kept for some time, the oldest dropped first: as bytes outside of the heap, where the garbage
 * collector has nothing to do with them. Each is found by the position that `add` gave.
 */
export class TextQueue {
  /** The bytes from `#start` on, in pieces. A text lies in one of them. */
  readonly #chunks: Buffer[] = [];
  #start = 0;
  #end = 0;
  /** The chunk that was dropped last: under an even load it is the next one that is needed. */
  #spare: Buffer | undefined;

  /** @param text of at most 1 MiB */
  add(text: string): number {
    if (text === '') return this.#end;
    const capacity = this.#start + this.#chunks.length * CHUNK_BYTES;
    if (this.#end + text.length > capacity) {
      this.#end = capacity;
      this.#chunks.push(this.#spare ?? Buffer.allocUnsafeSlow(CHUNK_BYTES));
      this.#spare = undefined;
    }
    const position = this.#end;
    this.#chunks[this.#chunks.length - 1]!.write(text, (position - this.#start) % CHUNK_BYTES, 'latin1');
    this.#end += text.length;
    return position;
  }

  get(position: number, length: number): string {
    const offset = position - this.#start;
    const at = offset % CHUNK_BYTES;
    return length === 0 ? '' : this.#chunks[Math.floor(offset / CHUNK_BYTES)]!.toString('latin1', at, at + length);
  }

  /** Nothing before this position is asked for any more. */
  dropBefore(position: number): void {
    while (position - this.#start >= CHUNK_BYTES) {
      this.#spare = this.#chunks.shift();
      this.#start += CHUNK_BYTES;
    }
  }
}
