/** Which addresses are our own back ends, so that no SIP request is ever sent to one of them. */
import { isIP } from 'node:net';
import { errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import type { DnsLookup } from '../sip/resolve/dns-lookup.ts';
import type { BackEnd } from '../sip/resolve/next-hop-policy.ts';

export interface BackEnds {
  readonly backEnds: readonly BackEnd[];
  /** Ports of those that are on this machine. */
  readonly ownPorts: readonly number[];
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'postgres:': 5432, 'postgresql:': 5432, 'redis:': 6379, 'rediss:': 6379, 'http:': 80 };

/**
 * Database, queue, sandbox and console of the configuration, by address. A name is resolved once, at the start; one
 * that DNS does not know is left out with a warning, and `routing.denyNextHops` is there for it.
 */
export async function findBackEnds(config: Config, dns: Pick<DnsLookup, 'addresses'>, logger: Logger): Promise<BackEnds> {
  const { database, queue, x, script } = config;
  const scriptUrls = Object.values(script.sqlConnections).filter((url) => url.includes('://'));
  const urls = [database.url, queue.redisUrl, x.apiBase, ...scriptUrls].flatMap((url) => (url === undefined ? [] : [new URL(url)]));
  const backEnds: BackEnd[] = [];
  const ownPorts = new Set([x.sandboxApiPort, x.sandboxControlPort, config.console.port].filter((port) => port !== 0));
  for (const url of urls) {
    const port = Number(url.port) || (DEFAULT_PORTS[url.protocol] ?? 0);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isLoopback(host)) ownPorts.add(port);
    else for (const address of await addressesOf(host, dns, logger)) backEnds.push({ address, port });
  }
  return { backEnds, ownPorts: [...ownPorts] };
}

function isLoopback(host: string): boolean {
  return host === '' || host === 'localhost' || host === '::1' || host.startsWith('127.');
}

async function addressesOf(host: string, dns: Pick<DnsLookup, 'addresses'>, logger: Logger): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const answers = await Promise.allSettled([dns.addresses(host, 4), dns.addresses(host, 6)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.records : []));
  if (found.length === 0) {
    const failure = answers.find((answer) => answer.status === 'rejected');
    const reason = failure === undefined ? 'DNS does not know it' : errorText(failure.reason);
    logger.warn('A back end has no address in DNS: SIP requests are not kept away from it, unless routing.denyNextHops does', { host, reason });
  }
  return found;
}
