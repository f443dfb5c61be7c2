import type { Logger } from '../../base/logger.ts';
import type { AddressRow, AddressSource } from '../ports.ts';
import { parseIpAddress, prefixOf, type IpAddress } from './ip-address.ts';

/** Networks of one group: by family and length, then by prefix, the ports (0 is any). */
class Group {
  readonly #networks: Record<4 | 6, Map<number, Map<string, Set<number>>>> = { 4: new Map(), 6: new Map() };

  add(address: IpAddress, bits: number, port: number): void {
    const byPrefix = entry(this.#networks[address.family], bits, () => new Map<string, Set<number>>());
    entry(byPrefix, prefixOf(address, bits), () => new Set<number>()).add(port);
  }

  /** One look-up for each length of prefix that the group has, however many networks those are. */
  has(address: IpAddress, port: number): boolean {
    for (const [bits, byPrefix] of this.#networks[address.family]) {
      const ports = byPrefix.get(prefixOf(address, bits));
      if (ports !== undefined && (ports.has(0) || ports.has(port))) return true;
    }
    return false;
  }
}

/**
 * The table `address` in memory, for `KSR.permissions`: networks in groups. It is empty, and lets
 * nobody in, until `load` has read it.
 */
export class AddressBook {
  readonly #source: AddressSource;
  readonly #logger: Logger;
  #groups: ReadonlyMap<number, Group> = new Map();

  constructor(source: AddressSource, logger: Logger) {
    this.#source = source;
    this.#logger = logger;
  }

  /** Reads the table, at start and for a reload. When it rejects, what was there before stays. */
  async load(): Promise<void> {
    const groups = new Map<number, Group>();
    for (const row of await this.#source.loadAll()) this.#add(groups, row);
    this.#groups = groups;
  }

  allows(group: number, address: string, port: number): boolean {
    const parsed = parseIpAddress(address);
    return parsed !== undefined && this.#groups.get(group)?.has(parsed, port) === true;
  }

  /** The first group, in the order of the table, that the address is in. */
  groupOf(address: string, port: number): number | undefined {
    const parsed = parseIpAddress(address);
    if (parsed === undefined) return undefined;
    for (const [number, group] of this.#groups) if (group.has(parsed, port)) return number;
    return undefined;
  }

  #add(groups: Map<number, Group>, row: AddressRow): void {
    const address = parseIpAddress(row.address);
    if (address === undefined || row.mask < 0 || row.mask > (address.family === 4 ? 32 : 128)) {
      this.#logger.warn('permissions: a row of the table address is no network and is left out', { address: row.address, mask: row.mask, group: row.group });
      return;
    }
    entry(groups, row.group, () => new Group()).add(address, row.mask, row.port);
  }
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
