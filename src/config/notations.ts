/** The forms in which addresses are written in the configuration. */
import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { Form, Notation } from './option.ts';

/** An address to listen on. The host has no brackets. */
export interface ListenAddress {
  readonly transport: 'udp' | 'tcp';
  readonly host: string;
  readonly port: number;
}

/** A domain or an address that is ours; without a port it is ours on every port. */
export interface ServedDomain {
  readonly host: string;
  readonly port: number | undefined;
}

/** A block of addresses: `192.0.2.0/24`. A single address has the whole length as its prefix. */
export interface AddressBlock {
  readonly address: string;
  readonly prefixLength: number;
  readonly family: 4 | 6;
}

const PORT = /^\d{1,5}$/;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/;

function readPort(text: string, min: number): number | undefined {
  const port = PORT.test(text) ? Number(text) : -1;
  return port >= min && port <= 65535 ? port : undefined;
}

const bracketed = (host: string) => (isIPv6(host) ? `[${host}]` : host);

/** `udp:0.0.0.0:5060`, `tcp:[::]:5060`; port 0 is any free one. */
export const listenAddress: Notation<ListenAddress> = {
  expected: 'an address like udp:0.0.0.0:5060 or tcp:[::]:5060',
  read(text) {
    const match = /^(udp|tcp):(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/i.exec(text);
    if (match === null) return undefined;
    const host = match[2] ?? match[3]!;
    const port = readPort(match[4]!, 0);
    if (port === undefined || (match[2] === undefined ? !isIPv4(host) : !isIPv6(host))) return undefined;
    return { transport: match[1]!.toLowerCase() === 'udp' ? 'udp' : 'tcp', host, port };
  },
  write: ({ transport, host, port }) => `${transport}:${bracketed(host)}:${port}`,
};

/** `example.com`, `192.0.2.1:5070`, `[2001:db8::1]`. */
export const servedDomain: Notation<ServedDomain> = {
  expected: 'a host or host:port, an IPv6 address in brackets',
  read(text) {
    const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text.toLowerCase());
    if (match === null) return undefined;
    const host = match[1] ?? match[2]!;
    if (match[1] === undefined ? !HOST_NAME.test(host) : !isIPv6(host)) return undefined;
    const port = match[3] === undefined ? undefined : readPort(match[3], 1);
    if (match[3] !== undefined && port === undefined) return undefined;
    return { host, port };
  },
  write: ({ host, port }) => bracketed(host) + (port === undefined ? '' : `:${port}`),
};

/** `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.7`. */
export const addressBlock: Notation<AddressBlock> = {
  expected: 'an IP address or a block like 10.0.0.0/8',
  read(text) {
    const [address, length, ...rest] = text.split('/');
    const family = isIP(address ?? '');
    if ((family !== 4 && family !== 6) || rest.length > 0) return undefined;
    const whole = family === 4 ? 32 : 128;
    const prefixLength = length === undefined ? whole : /^\d{1,3}$/.test(length) ? Number(length) : -1;
    return prefixLength >= 0 && prefixLength <= whole ? { address: address!, prefixLength, family } : undefined;
  },
  write: ({ address, prefixLength, family }) =>
    prefixLength === (family === 4 ? 32 : 128) ? address : `${address}/${prefixLength}`,
};

/** `+49`, `+4930`: the first digits of telephone numbers in the form of E.164. */
export const numberPrefix: Notation<string> = {
  expected: 'the beginning of a telephone number like +49 or +4930',
  read: (text) => (/^\+[1-9]\d{0,14}$/.test(text) ? text : undefined),
  write: (prefix) => prefix,
};

/** `example.com`, or `*` for every host. */
export const hostOrAny: Notation<string> = {
  expected: 'a host without port, or *',
  read(text) {
    if (text === '*') return text;
    const domain = servedDomain.read(text);
    return domain === undefined || domain.port !== undefined ? undefined : bracketed(domain.host);
  },
  write: (host) => host,
};

/** `5432`: a port as an item of a list. */
export const portNumber: Notation<number> = {
  expected: 'a port from 1 to 65535',
  read: (text) => readPort(text, 1),
  write: String,
};

/** A URL of one of some schemes, which Node's own parser must be able to read. */
export function urlOf(schemes: readonly string[]): Form {
  return {
    expected: `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    accepts: (text) => URL.canParse(text) && schemes.some((scheme) => text.toLowerCase().startsWith(`${scheme}://`)),
  };
}

/** Whether a host of a URL is this machine itself, by address or as `localhost`. An IPv6 address may have its brackets. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
