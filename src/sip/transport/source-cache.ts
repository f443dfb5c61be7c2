import type { LocalSocket, Source } from './transport.ts';

/**
 * The `Source` objects of the datagram peers heard last. Most datagrams come from a peer that has
 * just sent another one; they then share one object instead of allocating each their own.
 *
 * A direct-mapped table: one slot a hash, a newcomer takes the slot. It cannot grow, nothing is
 * evicted by a scan, and an unlucky collision costs one allocation.
 */
export class SourceCache {
  readonly #local: LocalSocket;
  readonly #slots: (Source | undefined)[];
  readonly #mask: number;

  /** @param slots a power of two */
  constructor(local: LocalSocket, slots = 4096) {
    this.#local = local;
    this.#slots = new Array<Source | undefined>(slots).fill(undefined);
    this.#mask = slots - 1;
  }

  get(address: string, port: number): Source {
    const slot = hash(address, port) & this.#mask;
    const known = this.#slots[slot];
    if (known !== undefined && known.port === port && known.address === address) return known;
    const source: Source = { protocol: 'udp', address, port, local: this.#local, connectionId: 0 };
    this.#slots[slot] = source;
    return source;
  }
}

/** Peers differ in the last digits of the address when their ports are all 5060, and in the port behind one NAT. */
function hash(address: string, port: number): number {
  let value = port;
  for (let at = Math.max(0, address.length - 8); at < address.length; at += 1) {
    value = (Math.imul(value, 31) + address.charCodeAt(at)) | 0;
  }
  return value ^ (value >>> 15);
}
