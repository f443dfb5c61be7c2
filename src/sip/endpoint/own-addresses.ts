import { BlockList, isIP } from 'node:net';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { LocalSocket } from '../transport/transport.ts';
import { bracketHost } from '../uri/uri.ts';

/** At most this many peers of a socket are remembered; past it the memory starts afresh. */
const MAX_REMEMBERED = 4096;
/** More sockets than any node listens on: sockets are opened once, but nothing here may grow for ever. */
const MAX_SOCKETS = 256;

interface Chosen {
  readonly host: string;
  readonly hostPort: string;
}

/**
 * The address that stands for us in Via and Record-Route. A socket bound to every address of the
 * machine needs one that the peer can reach: the one on the peer's own network, else the first
 * that is not loopback. Behind a port forwarding (a container, a cloud's NAT) none of the machine's own
 * addresses is right: then the operator names the one to advertise.
 */
export class OwnAddresses {
  readonly #interfaces: () => readonly NetworkInterfaceInfo[];
  /** What each peer is told, by the socket that it reaches: every forwarded message asks for two of these. */
  readonly #chosen = new Map<LocalSocket, Map<string, Chosen>>();
  readonly #advertised: string | undefined;

  /** @param advertised name or address that every peer but this machine itself is told */
  constructor(interfaces: () => readonly NetworkInterfaceInfo[] = machineInterfaces, advertised?: string) {
    this.#interfaces = interfaces;
    this.#advertised = advertised;
  }

  /** The host that `peer` should know `local` by; IPv6 without brackets. */
  towards(local: LocalSocket, peer: string): string {
    return this.#chosenFor(local, peer).host;
  }

  /** The same with brackets and port, as Via and Record-Route have it. */
  hostPortTowards(local: LocalSocket, peer: string): string {
    return this.#chosenFor(local, peer).hostPort;
  }

  #chosenFor(local: LocalSocket, peer: string): Chosen {
    let ofSocket = this.#chosen.get(local);
    if (ofSocket === undefined) {
      if (this.#chosen.size >= MAX_SOCKETS) this.#chosen.clear();
      ofSocket = new Map();
      this.#chosen.set(local, ofSocket);
    }
    let chosen = ofSocket.get(peer);
    if (chosen === undefined) {
      const host = this.#hostTowards(local, peer);
      chosen = { host, hostPort: `${bracketHost(host)}:${local.port}` };
      if (ofSocket.size >= MAX_REMEMBERED) ofSocket.clear();
      ofSocket.set(peer, chosen);
    }
    return chosen;
  }

  #hostTowards(local: LocalSocket, peer: string): string {
    if (this.#advertised !== undefined && !isLoopback(peer)) return this.#advertised;
    if (local.address !== '0.0.0.0' && local.address !== '::') return local.address;
    return this.#choose(local.family, peer);
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
