import { Resolver } from 'node:dns/promises';
import type { DnsAnswer, DnsLookup, NaptrRecord, SrvRecord } from './dns-lookup.ts';

export interface NodeDnsOptions {
  /** `192.0.2.53` or `192.0.2.53:5353`, `[2001:db8::53]:53`; none: those of the system. */
  readonly servers?: readonly string[];
  /** Patience with one server at the first try, in milliseconds; doubled at the next try. */
  readonly timeoutMs?: number;
  readonly tries?: number;
}

/** Codes of c-ares for answers that say "there is none". */
const EMPTY: ReadonlySet<unknown> = new Set(['ENODATA', 'ENOTFOUND', 'EBADNAME']);

/**
 * `DnsLookup` on Node's resolver, which asks DNS servers only: /etc/hosts is not read, as in other
 * SIP servers. Node does not tell the TTL of NAPTR and SRV records.
 */
export class NodeDnsLookup implements DnsLookup {
  readonly #resolver: Resolver;

  constructor({ servers = [], timeoutMs = 1000, tries = 2 }: NodeDnsOptions = {}) {
    this.#resolver = new Resolver({ timeout: timeoutMs, tries });
    if (servers.length > 0) this.#resolver.setServers(servers);
  }

  async naptr(name: string): Promise<DnsAnswer<NaptrRecord>> {
    return { records: await orNone(this.#resolver.resolveNaptr(name)), ttlSeconds: undefined };
  }

  async srv(name: string): Promise<DnsAnswer<SrvRecord>> {
    const records = await orNone(this.#resolver.resolveSrv(name));
    return { records: records.map(({ name: target, ...rest }) => ({ ...rest, target })), ttlSeconds: undefined };
  }

  async addresses(name: string, family: 4 | 6): Promise<DnsAnswer<string>> {
    const withTtl = { ttl: true } as const;
    const question = family === 4 ? this.#resolver.resolve4(name, withTtl) : this.#resolver.resolve6(name, withTtl);
    const records = await orNone(question);
    const ttlSeconds = records.length > 0 ? Math.min(...records.map((record) => record.ttl)) : undefined;
    return { records: records.map((record) => record.address), ttlSeconds };
  }
}

async function orNone<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && 'code' in error && EMPTY.has(error.code)) return [];
    throw error;
  }
}
