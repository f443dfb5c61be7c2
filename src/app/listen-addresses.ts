import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { isIPv6 } from 'node:net';
import type { ListenAddress } from '../config/notations.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Logger } from '../base/logger.ts';

type Interfaces = NodeJS.Dict<readonly Pick<NetworkInterfaceInfo, 'family'>[]>;

/**
 * Where to listen on this machine. The default names IPv6 too, which a machine or a container may
 * not have: it is left out there, with a line in the log. What an operator has written is not
 * touched, and fails when it cannot be had.
 */
export function listenAddresses(
  loaded: LoadedConfig,
  logger: Logger,
  interfaces: Interfaces = networkInterfaces(),
): readonly ListenAddress[] {
  const { listen } = loaded.config.sip;
  const hasIpv6 = Object.values(interfaces).some((one) => one?.some(({ family }) => family === 'IPv6'));
  if (hasIpv6 || loaded.sources.has('sip.listen')) return listen;
  logger.info('This machine has no IPv6: listening on IPv4 only', { option: 'sip.listen' });
  return listen.filter(({ host }) => !isIPv6(host));
}
