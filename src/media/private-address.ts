import { BlockList, isIPv6 } from 'node:net';

/** Networks that mean something else on each side of a NAT: RFC 1918, RFC 6598, link-local, unique local (RFC 4193). */
const PRIVATE = new BlockList();
for (const [address, prefixLength] of [['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['169.254.0.0', 16]] as const) {
  PRIVATE.addSubnet(address, prefixLength, 'ipv4');
}
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/** Whether an address that a session description names may be one behind a NAT, which we cannot send to. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
