import { BlockList, isIP } from 'node:net';
import { AppError } from '../base/errors.ts';

const near = new BlockList();
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addSubnet('10.0.0.0', 8, 'ipv4');
near.addSubnet('172.16.0.0', 12, 'ipv4');
near.addSubnet('192.168.0.0', 16, 'ipv4');
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');

/** Whether an IP address is loopback or private (RFC 1918, RFC 4193). Link-local is neither: cloud metadata lives there. */
export function isNearAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && near.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether a host name may stand for a machine next to us: a near address, `localhost`, or one label
 * as container networks give (`sandbox`). What a name resolves to is checked again at connect time.
 */
export function isNearHost(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return isNearAddress(name) || name.endsWith('.localhost') || /^[a-z][a-z0-9-]{0,62}$/.test(name);
}

/** Where the sandbox listens. */
export interface ApiBase {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `http://host[:port]`. Only near hosts are taken: this address receives every message in the
 * clear, so a mistyped one must not be a server of somebody else. Throws `x.misconfigured`.
 */
export function parseApiBase(text: string): ApiBase {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'http:') {
    throw new AppError('x.misconfigured', `The X API address must look like http://127.0.0.1:4010, not ${text}`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new AppError('x.misconfigured', 'The X API address is a host and a port only, without path, query or user');
  }
  if (!isNearHost(url.hostname)) {
    throw new AppError(
      'x.misconfigured',
      `The X API address may only be a loopback or private one (it is for the sandbox), not ${url.hostname}`,
    );
  }
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 80) };
}
