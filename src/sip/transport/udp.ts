import { hasUdpAddon } from './udp-addon.ts';
import { openBatchSocket } from './udp-batch.ts';
import { openDgramSocket } from './udp-dgram.ts';
import type { DatagramSocket, UdpEngine, UdpOptions, UdpSetup } from './udp-socket.ts';

/** What `auto` stands for here. */
export function udpEngine(wanted: UdpOptions['engine']): UdpEngine {
  if (wanted !== 'auto') return wanted;
  return hasUdpAddon() ? 'batch' : 'dgram';
}

/**
 * Binds a UDP socket; port 0 takes a free one.
 * @throws AppError `listen.in-use`, `listen.failed` or `listen.engine`
 */
export async function openUdpSocket(address: string, port: number, setup: UdpSetup): Promise<DatagramSocket> {
  const open = udpEngine(setup.options.engine) === 'batch' ? openBatchSocket : openDgramSocket;
  return open(address, port, setup);
}
