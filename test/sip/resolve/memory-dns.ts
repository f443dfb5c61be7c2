import type { DnsAnswer, DnsLookup, NaptrRecord, SrvRecord } from '../../../src/sip/resolve/dns-lookup.ts';

/**
 * A zone in memory. `questions` lists what was asked, as `TYPE name`; a question in `failing` is
 * rejected, one in `silent` is never answered.
 */
export class MemoryDns implements DnsLookup {
  readonly questions: string[] = [];
  readonly failing = new Set<string>();
  readonly silent = new Set<string>();
  readonly naptrs: Record<string, NaptrRecord[]> = {};
  readonly srvs: Record<string, SrvRecord[]> = {};
  /** Name to addresses of both families. */
  readonly hosts: Record<string, string[]> = {};
  ttlSeconds: number | undefined = 300;

  naptr(name: string): Promise<DnsAnswer<NaptrRecord>> {
    return this.#answer(`NAPTR ${name}`, this.naptrs[name]);
  }

  srv(name: string): Promise<DnsAnswer<SrvRecord>> {
    return this.#answer(`SRV ${name}`, this.srvs[name]);
  }

  addresses(name: string, family: 4 | 6): Promise<DnsAnswer<string>> {
    const records = this.hosts[name]?.filter((address) => address.includes(':') === (family === 6));
    return this.#answer(`${family === 4 ? 'A' : 'AAAA'} ${name}`, records);
  }

  #answer<T>(question: string, records: readonly T[] = []): Promise<DnsAnswer<T>> {
    this.questions.push(question);
    if (this.silent.has(question)) return new Promise(() => {});
    if (this.failing.has(question)) return Promise.reject(new Error(`SERVFAIL ${question}`));
    return Promise.resolve({ records, ttlSeconds: records.length > 0 ? this.ttlSeconds : undefined });
  }
}
