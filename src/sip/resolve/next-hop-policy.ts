import { BlockList, isIPv4 } from 'node:net';
import { numericHost } from './numeric-host.ts';

/** A network: `10.0.0.0/8`, or one address with the full prefix. */
export interface AddressBlock {
  readonly address: string;
  readonly prefixLength: number;
  readonly family: 4 | 6;
}

/** A service behind us that no request may reach, by the numeric address it was resolved to. */
export interface BackEnd {
  readonly address: string;
  readonly port: number;
}

export interface NextHopRules {
  /** Whether 127.0.0.0/8 and ::1 can be a next hop at all; see `hasLoopbackListener`. */
  readonly allowLoopback: boolean;
  /** When not empty, only these. */
  readonly allow: readonly AddressBlock[];
  readonly deny: readonly AddressBlock[];
  /** Refused at every address. */
  readonly denyPorts: readonly number[];
  /** Database, queue, admin and sandbox on other machines. */
  readonly backEnds: readonly BackEnd[];
  /** The same on this machine: refused at loopback and at each of `ownAddresses`, whatever they are bound to. */
  readonly ownPorts: readonly number[];
  /** Addresses of this machine, as of now: an address that it gets later needs a new policy. */
  readonly ownAddresses: readonly string[];
}

/** Why a next hop is refused. */
export type NextHopRefusal = 'back-end' | 'denied' | 'loopback' | 'not-allowed' | 'not-an-address' | 'port' | 'unroutable';

/** What is known of an address: refused, or which of its ports are. */
interface Verdict {
  readonly refusal: NextHopRefusal | undefined;
  readonly backEndPorts: ReadonlySet<number>;
}

/** Past so many addresses the memory starts afresh: a flood of addresses costs time, not memory. */
const MAX_REMEMBERED = 8192;

const NO_PORTS: ReadonlySet<number> = new Set();

/** "This network", multicast, reserved and broadcast; unspecified, IPv4-compatible (RFC 4291 §2.5.5.1) and multicast. */
const UNROUTABLE: readonly AddressBlock[] = [
  { address: '0.0.0.0', prefixLength: 8, family: 4 },
  { address: '224.0.0.0', prefixLength: 3, family: 4 },
  { address: '::', prefixLength: 96, family: 6 },
  { address: 'ff00::', prefixLength: 8, family: 6 },
];

const LOOPBACK: readonly AddressBlock[] = [
  { address: '127.0.0.0', prefixLength: 8, family: 4 },
  { address: '::1', prefixLength: 128, family: 6 },
];

/**
 * Where a request may be sent. A Route header, a Request-URI or a Contact comes from outside and can
 * name any host and port, also a service behind our firewall that takes lines of a SIP message for
 * commands. This is asked of the resolved address, never of a name: names can be pointed anywhere.
 *
 * The first question about an address costs some microseconds, the next ones a look into a map.
 */
export class NextHopPolicy {
  readonly #rules: NextHopRules;
  readonly #unroutable = blockList(UNROUTABLE);
  readonly #loopback = blockList(LOOPBACK);
  readonly #allow: BlockList;
  readonly #deny: BlockList;
  readonly #denyPorts: ReadonlySet<number>;
  readonly #ownPorts: ReadonlySet<number>;
  readonly #own: ReadonlySet<string>;
  readonly #backEnds = new Map<string, Set<number>>();
  readonly #verdicts = new Map<string, Verdict>();
  readonly #admitted = new Set<string>();

  constructor(rules: NextHopRules) {
    this.#rules = rules;
    this.#allow = blockList(rules.allow);
    this.#deny = blockList(rules.deny);
    this.#denyPorts = new Set(rules.denyPorts);
    this.#ownPorts = new Set(rules.ownPorts);
    this.#own = new Set(rules.ownAddresses.map((address) => numericHost(address) ?? address));
    for (const { address, port } of rules.backEnds) {
      const canonical = numericHost(address) ?? address;
      const ports = this.#backEnds.get(canonical) ?? new Set();
      this.#backEnds.set(canonical, ports.add(port));
    }
  }

  /**
   * Lets one numeric address and port be reached whatever the rules say: the service's own user agent,
   * which is on loopback and takes nothing but requests inside of its own dialogs.
   */
  admit(address: string, port: number): void {
    this.#admitted.add(`${address} ${port}`);
  }

  /** Why nothing may be sent there; undefined when it may. */
  refusal(address: string, port: number): NextHopRefusal | undefined {
    const refusal = this.#ruledOut(address, port);
    return refusal !== undefined && this.#admitted.has(`${address} ${port}`) ? undefined : refusal;
  }

  #ruledOut(address: string, port: number): NextHopRefusal | undefined {
    let verdict = this.#verdicts.get(address);
    if (verdict === undefined) {
      verdict = this.#judge(address);
      if (this.#verdicts.size >= MAX_REMEMBERED) this.#verdicts.clear();
      this.#verdicts.set(address, verdict);
    }
    if (verdict.refusal !== undefined) return verdict.refusal;
    if (verdict.backEndPorts.has(port)) return 'back-end';
    return this.#denyPorts.has(port) ? 'port' : undefined;
  }

  #judge(text: string): Verdict {
    const address = numericHost(text);
    if (address === undefined) return { refusal: 'not-an-address', backEndPorts: NO_PORTS };
    const loopback = contains(this.#loopback, address);
    return { refusal: this.#refusalOf(address, loopback), backEndPorts: this.#backEndPortsOf(address, loopback) };
  }

  #refusalOf(address: string, loopback: boolean): NextHopRefusal | undefined {
    if (loopback) {
      if (!this.#rules.allowLoopback) return 'loopback';
      // ::1 lies in the block of the IPv4-compatible addresses, which is not meant here.
    } else if (contains(this.#unroutable, address)) {
      return 'unroutable';
    }
    if (contains(this.#deny, address)) return 'denied';
    return this.#rules.allow.length > 0 && !contains(this.#allow, address) ? 'not-allowed' : undefined;
  }

  #backEndPortsOf(address: string, loopback: boolean): ReadonlySet<number> {
    const named = this.#backEnds.get(address) ?? NO_PORTS;
    if (!loopback && !this.#own.has(address)) return named;
    return named.size === 0 ? this.#ownPorts : new Set([...named, ...this.#ownPorts]);
  }
}

/** True when one of the numeric addresses is loopback: a node that listens there is meant to serve its own machine. */
export function hasLoopbackListener(addresses: readonly string[]): boolean {
  const loopback = blockList(LOOPBACK);
  return addresses.some((address) => contains(loopback, numericHost(address) ?? '::'));
}

function blockList(blocks: readonly AddressBlock[]): BlockList {
  const list = new BlockList();
  for (const { address, prefixLength, family } of blocks) list.addSubnet(address, prefixLength, family === 4 ? 'ipv4' : 'ipv6');
  return list;
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
