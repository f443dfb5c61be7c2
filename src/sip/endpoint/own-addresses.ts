import { BlockList, isIP } from 'node:net';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { LocalSocket } from '../transport/transport.ts';

/** At most this many peers are remembered; past it the memory starts afresh. */
const MAX_REMEMBERED = 4096;

/**
 * The address that stands for us in Via and Record-Route. A socket bound to every address of the
 * machine needs one that the peer can reach: the one on the peer's own network, else the first
 * that is not loopback. Behind a port forwarding (a container, a cloud's NAT) none of the machine's own
 * addresses is right: then the operator names the one to advertise.
 */
export class OwnAddresses {
  readonly #interfaces: () => readonly NetworkInterfaceInfo[];
  readonly #chosen = new Map<string, string>();

  readonly #advertised: string | undefined;

  /** @param advertised name or address that every peer but this machine itself is told */
  constructor(interfaces: () => readonly NetworkInterfaceInfo[] = machineInterfaces, advertised?: string) {
    this.#interfaces = interfaces;
    this.#advertised = advertised;
  }

  /** The host that `peer` should know `local` by; IPv6 without brackets. */
  towards(local: LocalSocket, peer: string): string {
    if (this.#advertised !== undefined && !isLoopback(peer)) return this.#advertised;
    if (local.address !== '0.0.0.0' && local.address !== '::') return local.address;
    const key = `${local.family}${peer}`;
    let address = this.#chosen.get(key);
    if (address === undefined) {
      address = this.#choose(local.family, peer);
      if (this.#chosen.size >= MAX_REMEMBERED) this.#chosen.clear();
      this.#chosen.set(key, address);
    }
    return address;
  }

  #choose(family: 4 | 6, peer: string): string {
    if (isLoopback(peer)) return family === 4 ? '127.0.0.1' : '::1';
    const candidates = this.#interfaces().filter((candidate) => candidate.family === `IPv${family}` && !candidate.internal);
    const near = candidates.find((candidate) => candidate.cidr !== null && isInNetwork(peer, candidate.cidr));
    return near?.address ?? candidates[0]?.address ?? (family === 4 ? '127.0.0.1' : '::1');
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

export function machineInterfaces(): NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap((infos) => infos ?? []);
}

/** True when `address` is in the network, for both families; a zone (`%eth0`) does not count. */
function isInNetwork(address: string, cidr: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const [plain = ''] = address.split('%');
  const family = isIP(network);
  if (isIP(plain) !== family) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}
