const SLAB_BYTES = 1024 * 1024;

/**
 * Memory that outgoing datagrams are encoded into, one after the other, so that a send allocates no
 * buffer of its own.
 *
 * The system may still need the bytes after `send` returned (its own buffer was full). Therefore
 * `rewind` may only be called when nothing is outstanding, and a slab that fills up before is
 * replaced, never overwritten: the sends that wait keep the old one alive through their views of it
 * and it is collected with the last of them.
 */
export class SendSlab {
  #buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #used = 0;

  /** The slab that the last `put` wrote into. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Encodes `text`, at most 1 MiB of one-byte characters, and returns where it starts in `buffer`. */
  put(text: string): number {
    if (this.#used + text.length > SLAB_BYTES) {
      this.#buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    const offset = this.#used;
    this.#used += this.#buffer.write(text, offset, 'latin1');
    return offset;
  }

  /** Starts at the front again: the bytes written before are no longer needed by anyone. */
  rewind(): void {
    this.#used = 0;
  }
}
