import type { LocalSocket, Source } from './transport.ts';
import type { NativeUdpSocket } from './udp-addon.ts';
import { datagramSource } from './udp-socket.ts';

interface Known {
  readonly words: Int32Array;
  readonly source: Source;
}

/**
 * The `Source` of a received datagram, found by the words of its sender's socket address, so that an address becomes text once
 * and not with each datagram. As in `PeerTable` a newcomer takes the slot of who was there.
 */
export class SourceTable {
  readonly #local: LocalSocket;
  readonly #native: Pick<NativeUdpSocket, 'addressWords' | 'sender'>;
  /** For each datagram of a batch its length, then the words of the address. */
  readonly #received: Int32Array;
  readonly #slots: (Known | undefined)[];
  readonly #mask: number;

  /** @param slots how many peers are remembered; a power of two */
  constructor(local: LocalSocket, received: Int32Array, native: Pick<NativeUdpSocket, 'addressWords' | 'sender'>, slots = 4096) {
    this.#local = local;
    this.#native = native;
    this.#received = received;
    this.#slots = new Array<Known | undefined>(slots).fill(undefined);
    this.#mask = slots - 1;
  }

  /** @param index of the datagram in its batch */
  get(index: number): Source {
    const received = this.#received;
    const count = this.#native.addressWords;
    const at = index * (count + 1) + 1;
    let hash = 0;
    for (let word = at; word < at + count; word += 1) hash = (Math.imul(hash, 31) + received[word]!) | 0;
    const slot = mixed(hash) & this.#mask;
    const known = this.#slots[slot];
    if (known !== undefined && startsWith(received, at, known.words)) return known.source;
    const words = received.slice(at, at + count);
    const source = datagramSource(this.#local, this.#native.sender(index), portOf(words));
    this.#slots[slot] = { words, source };
    return source;
  }
}

function startsWith(received: Int32Array, at: number, words: Int32Array): boolean {
  for (let word = 0; word < words.length; word += 1) if (received[at + word] !== words[word]) return false;
  return true;
}

/** The third and fourth byte, in the order of the network. */
function portOf(words: Int32Array): number {
  return new DataView(words.buffer).getUint16(2);
}

/** Where peers differ are the high bytes of a word: they are stored in the order of the network. */
function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return half ^ (half >>> 16);
}
