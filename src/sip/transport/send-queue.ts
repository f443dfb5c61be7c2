import { getSystemErrorName } from 'node:util';
import type { NativeUdpSocket } from './udp-addon.ts';
import type { Destination } from './transport.ts';

/** The words of `head` and `tail`, and of a datagram in the queue: where, how long, then the address. */
const HEAD = 0;
const TAIL = 1;
const OFFSET = 0;
const LENGTH = 1;
const ADDRESS = 2;

/**
 * The datagrams that wait for the next `flush`, in memory that the addon reads: a ring of descriptions, and a ring of
 * bytes in which no datagram is cut in two. When nothing waits both begin at the front again, so that a service at
 * ease always writes into the same, warm memory.
 */
export class SendQueue {
  readonly #native: NativeUdpSocket;
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  readonly #entriesAt: number;
  readonly #entryWords: number;
  readonly #mask: number;
  /** For whom each datagram is, to tell of its failure. */
  readonly #destinations: (Destination | undefined)[];
  /** Where the next datagram's bytes go. */
  #end = 0;

  constructor(native: NativeUdpSocket) {
    this.#native = native;
    this.#words = new Int32Array(native.memory, 0, native.inAt / 4);
    this.#bytes = Buffer.from(native.memory, native.outAt);
    this.#entriesAt = native.queueAt / 4;
    this.#entryWords = ADDRESS + native.addressWords;
    this.#mask = native.queue - 1;
    this.#destinations = new Array<Destination | undefined>(native.queue).fill(undefined);
  }

  get isEmpty(): boolean {
    return this.#words[HEAD] === this.#words[TAIL];
  }

  /**
   * Encodes a datagram behind those that wait.
   * @returns false when there is no room
   */
  put(text: string, address: Int32Array, destination: Destination): boolean {
    const offset = this.#placeFor(text.length);
    if (offset < 0) return false;
    const words = this.#words;
    const tail = words[TAIL]!;
    const entry = tail & this.#mask;
    const at = this.#entriesAt + entry * this.#entryWords;
    words[at + OFFSET] = offset;
    words[at + LENGTH] = this.#bytes.write(text, offset, 'latin1');
    for (let word = 0; word < address.length; word += 1) words[at + ADDRESS + word] = address[word]!;
    this.#destinations[entry] = destination;
    words[TAIL] = tail + 1;
    this.#end = offset + text.length;
    return true;
  }

  /** Hands to the system what it takes now; the rest waits until it takes more. */
  flush(onFailure: (destination: Destination, code: string) => void): void {
    const first = this.#words[HEAD]!;
    if (this.#native.flush() === 0) return;
    for (let one = first; one !== this.#words[HEAD]; one = (one + 1) | 0) {
      const entry = one & this.#mask;
      const length = this.#words[this.#entriesAt + entry * this.#entryWords + LENGTH]!;
      if (length < 0) onFailure(this.#destinations[entry]!, getSystemErrorName(length));
    }
  }

  /** Where `length` bytes fit without touching what waits; -1 for nowhere. */
  #placeFor(length: number): number {
    const words = this.#words;
    const head = words[HEAD]!;
    const waiting = (words[TAIL]! - head) | 0;
    if (waiting === 0) return length <= this.#bytes.length ? 0 : -1;
    if (waiting > this.#mask) return -1;
    const begin = words[this.#entriesAt + (head & this.#mask) * this.#entryWords + OFFSET]!;
    // The bytes that wait lie from `begin` to the end, or to the edge and on from the front. An empty datagram may lie on
    // the border, so `end` never comes up to `begin` from behind: equal means that nothing but empty ones waits.
    if (begin <= this.#end) {
      if (this.#end + length <= this.#bytes.length) return this.#end;
      return length < begin ? 0 : -1;
    }
    return this.#end + length < begin ? this.#end : -1;
  }
}
