import { StringDecoder } from 'node:string_decoder';

/**
 * Cuts the body of a stream into lines. A line may come in any number of pieces, its `\r\n` alone in
 * one, a character split over two. Blank lines are X's heartbeat and are left out.
 */
export class StreamLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLength: number;
  #rest = '';
  #skipping = false;

  /** @param maxLength  of a line, in UTF-16 units; a longer one is thrown away up to its end */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The lines that this piece completes. */
  push(chunk: Buffer): string[] {
    const pieces = this.#decoder.write(chunk).split('\n');
    const lines: string[] = [];
    for (const [index, piece] of pieces.entries()) {
      if (this.#rest.length + piece.length > this.#maxLength) this.#skipping = true;
      this.#rest = this.#skipping ? '' : this.#rest + piece;
      if (index === pieces.length - 1) break;
      const line = this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest;
      if (line !== '') lines.push(line);
      this.#rest = '';
      this.#skipping = false;
    }
    return lines;
  }
}
