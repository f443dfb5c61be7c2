import type { DnsAnswer, DnsLookup, NaptrRecord, SrvRecord } from './dns-lookup.ts';
import { numericHost } from './numeric-host.ts';
import type { Weighted } from './srv-order.ts';

export type ResolvedProtocol = 'udp' | 'tcp';

/** One server of a domain with all of its addresses. */
export interface PlannedServer extends Weighted {
  readonly protocol: ResolvedProtocol;
  readonly port: number;
  readonly addresses: readonly string[];
}

/** What DNS says about a host: lists of servers, the next list to be tried after the one before. */
export interface ServerPlan {
  readonly services: readonly (readonly PlannedServer[])[];
  /** True when a question got no answer, so that another try could find more. */
  readonly incomplete: boolean;
  /** The shortest TTL of all answers that had one. */
  readonly ttlSeconds: number | undefined;
}

export interface PlanQuestion {
  readonly name: string;
  /** 0 when the URI names none. */
  readonly port: number;
  /** As the URI demands, undefined when it leaves the choice. */
  readonly protocol: ResolvedProtocol | undefined;
}

/** What we speak, in the order in which we prefer it. */
export interface Capabilities {
  readonly protocols: readonly ResolvedProtocol[];
  readonly families: readonly (4 | 6)[];
}

export const SIP_PORT = 5060;

/** Bounds the questions that one domain can make us ask. */
const MAX_SERVERS = 16;

/** The services of RFC 3263 §4.1 that we speak; those of TLS and SCTP are passed over. */
const SERVICES: Readonly<Record<string, ResolvedProtocol>> = { 'SIP+D2U': 'udp', 'SIP+D2T': 'tcp' };

interface Service {
  readonly protocol: ResolvedProtocol;
  /** Where its SRV records are. */
  readonly name: string;
}

/**
 * Asks DNS for the servers of a host name (RFC 3263 §4.1 and §4.2). Never rejects: a question that
 * got no answer counts as one without records, because some resolvers do not know NAPTR, and is
 * told as `incomplete`.
 */
export function planServers(question: PlanQuestion, able: Capabilities, dns: DnsLookup): Promise<ServerPlan> {
  return new Planning(question, able, dns).run();
}

class Planning {
  readonly #question: PlanQuestion;
  readonly #able: Capabilities;
  readonly #dns: DnsLookup;
  #incomplete = false;
  #ttlSeconds: number | undefined;

  constructor(question: PlanQuestion, able: Capabilities, dns: DnsLookup) {
    this.#question = question;
    this.#able = able;
    this.#dns = dns;
  }

  async run(): Promise<ServerPlan> {
    const services = await this.#services();
    return { services, incomplete: this.#incomplete, ttlSeconds: this.#ttlSeconds };
  }

  async #services(): Promise<(readonly PlannedServer[])[]> {
    const { name, port, protocol } = this.#question;
    // §4.2: a port in the URI means that host and that port.
    if (port !== 0) return [await this.#host(port)];
    const services = protocol === undefined ? await this.#chooseServices(name) : [srvService(protocol, name)];
    const found = await Promise.all(services.map((service) => this.#ask(() => this.#dns.srv(service.name))));
    if (found.every((records) => records.length === 0)) return [await this.#host(SIP_PORT)];
    return Promise.all(services.map((service, index) => this.#servers(service.protocol, found[index]!)));
  }

  /** §4.1: what NAPTR says, in its order; else one SRV name for each protocol. */
  async #chooseServices(name: string): Promise<Service[]> {
    const records = await this.#ask(() => this.#dns.naptr(name));
    const services = [...records]
      .sort((a, b) => a.order - b.order || a.preference - b.preference)
      .flatMap((record) => this.#serviceOf(record))
      .slice(0, MAX_SERVERS);
    return services.length > 0 ? services : this.#able.protocols.map((protocol) => srvService(protocol, name));
  }

  #serviceOf({ flags, service, replacement }: NaptrRecord): Service[] {
    const protocol = SERVICES[service.toUpperCase()];
    const usable = protocol !== undefined && this.#able.protocols.includes(protocol);
    return usable && flags.toLowerCase() === 's' && replacement !== '' ? [{ protocol, name: replacement }] : [];
  }

  #servers(protocol: ResolvedProtocol, records: readonly SrvRecord[]): Promise<PlannedServer[]> {
    const named = records.filter(({ target, port }) => target !== '.' && target !== '' && port > 0);
    // Cut off from the end of the order: a domain with more servers than that loses its last resorts.
    const first = named.sort((a, b) => a.priority - b.priority).slice(0, MAX_SERVERS);
    return Promise.all(
      first.map(async ({ priority, weight, port, target }) => {
        return { protocol, priority, weight, port, addresses: await this.#addresses(target) };
      }),
    );
  }

  /** §4.1: without NAPTR and SRV it is UDP, unless the URI says otherwise. */
  async #host(port: number): Promise<PlannedServer[]> {
    const { protocols } = this.#able;
    const protocol = this.#question.protocol ?? (protocols.includes('udp') ? 'udp' : protocols[0]!);
    return [{ protocol, priority: 0, weight: 0, port, addresses: await this.#addresses(this.#question.name) }];
  }

  async #addresses(name: string): Promise<string[]> {
    const answers = await Promise.all(this.#able.families.map((family) => this.#ask(() => this.#dns.addresses(name, family))));
    return answers.flat().flatMap((address) => numericHost(address) ?? []);
  }

  async #ask<T>(question: () => Promise<DnsAnswer<T>>): Promise<readonly T[]> {
    try {
      const { records, ttlSeconds } = await question();
      if (ttlSeconds !== undefined) this.#ttlSeconds = Math.min(ttlSeconds, this.#ttlSeconds ?? ttlSeconds);
      return records;
    } catch {
      this.#incomplete = true;
      return [];
    }
  }
}

function srvService(protocol: ResolvedProtocol, name: string): Service {
  return { protocol, name: `_sip._${protocol}.${name}` };
}
