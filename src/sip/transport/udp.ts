import { errorText } from '../../base/errors.ts';
import { loadUdpAddon } from './udp-addon.ts';
import { openBatchSocket } from './udp-batch.ts';
import { openDgramSocket } from './udp-dgram.ts';
import type { DatagramSocket, UdpEngine, UdpSetup } from './udp-socket.ts';

/** Why the addon is not there; undefined when it is. */
export function udpAddonProblem(): string | undefined {
  try {
    loadUdpAddon();
    return undefined;
  } catch (error) {
    return errorText(error).split('\n', 1)[0];
  }
}

/** The engine that `auto` stands for here. */
export function bestUdpEngine(): UdpEngine {
  return udpAddonProblem() === undefined ? 'batch' : 'dgram';
}

/**
 * Binds a UDP socket; port 0 takes a free one.
 * @throws AppError `listen.in-use` or `listen.failed`
 */
export async function openUdpSocket(address: string, port: number, setup: UdpSetup): Promise<DatagramSocket> {
  const { engine } = setup.options;
  return (engine === 'auto' ? bestUdpEngine() : engine) === 'batch'
    ? openBatchSocket(address, port, setup)
    : openDgramSocket(address, port, setup);
}
