import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The addresses at which this machine receives on one port. */
export class PortAddresses {
  /** IPv4 has one spelling only, so the question that every request asks is a look into a set. */
  readonly #four = new Set<string>();
  /** All addresses once more: compares IPv6 in whatever spelling, IPv4-mapped too, but takes 2 µs. */
  readonly #all = new BlockList();
  #allLoopback = false;

  add(address: string, family: 4 | 6): void {
    if (family === 4) this.#four.add(address);
    this.#all.addAddress(address, family === 4 ? 'ipv4' : 'ipv6');
  }

  /** What a socket that is bound to the wildcard of `family` receives on, as of now. */
  addMachine(family: 4 | 6): void {
    if (family === 4) {
      this.#allLoopback = true;
      this.#all.addSubnet('127.0.0.0', 8, 'ipv4');
    }
    for (const one of Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])) {
      if (one.family === `IPv${family}`) this.add(one.address, family);
    }
  }

  has(address: string): boolean {
    if (this.#four.has(address)) return true;
    switch (isIP(address)) {
      case 4:
        return this.#allLoopback && address.startsWith('127.');
      case 6:
        return this.#all.check(address, 'ipv6');
      default:
        return false;
    }
  }
}
