/** What a peer is known by. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/**
 * One object for each of the datagram peers heard or spoken to last. Most datagrams are of a peer that has just had
 * another one; they then share an object instead of making each their own.
 *
 * A direct-mapped table: one slot a hash, a newcomer takes the slot. It cannot grow, nothing is
 * evicted by a scan, and an unlucky collision costs one object.
 */
export class PeerTable<T extends Peer> {
  readonly #make: (address: string, port: number) => T;
  readonly #slots: (T | undefined)[];
  readonly #mask: number;

  /** @param slots a power of two */
  constructor(make: (address: string, port: number) => T, slots = 4096) {
    this.#make = make;
    this.#slots = new Array<T | undefined>(slots).fill(undefined);
    this.#mask = slots - 1;
  }

  get(address: string, port: number): T {
    const slot = hash(address, port) & this.#mask;
    const known = this.#slots[slot];
    if (known !== undefined && known.port === port && known.address === address) return known;
    const made = this.#make(address, port);
    this.#slots[slot] = made;
    return made;
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
