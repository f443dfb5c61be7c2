import { networkInterfaces } from 'node:os';

/** The first address of this machine that is not loopback, IPv4 if there is one. */
export function reachableAddress(interfaces = networkInterfaces()): string {
  const all = Object.values(interfaces).flatMap((one) => one ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  return (outside.find(({ family }) => family === 'IPv4') ?? outside[0])?.address ?? '127.0.0.1';
}
