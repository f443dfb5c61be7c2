import { isIPv4, isIPv6, SocketAddress } from 'node:net';

const MAPPED = '::ffff:';

/**
 * The address that a host part stands for if it is numeric, in its one canonical spelling: IPv6
 * without brackets and compressed (RFC 5952), an IPv4-mapped one as IPv4, because that is where the
 * system would send to. Undefined for a name. Spellings that only some C libraries take for IPv4
 * (`127.1`, `0x7f000001`) are names here.
 */
export function numericHost(host: string): string | undefined {
  if (isIPv4(host)) return host;
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  // A zone (fe80::1%eth0) means something on the sender's machine only.
  if (!isIPv6(bare) || bare.includes('%')) return undefined;
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  const tail = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : '';
  return isIPv4(tail) ? tail : address;
}
