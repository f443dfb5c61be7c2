import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Counters } from '../base/counters.ts';
import type { OpenRtpSocket, RtpSocket } from './rtp-socket.ts';

export interface RtpSocketOptions {
  /** Numeric; which family it is decides the sockets'. */
  readonly bindAddress: string;
  readonly portMin: number;
  readonly portMax: number;
  readonly counters: Counters;
}

/** So many ports are tried for one socket: others hold a few of a range, not hundreds in a row. */
const MAX_ATTEMPTS = 50;

/**
 * Sockets from a range of ports, one even port after the other, so that a port rests for as long as the range
 * allows before another call gets what is still sent to it.
 */
export function rtpSockets(options: RtpSocketOptions): OpenRtpSocket {
  const sendErrors = options.counters.define('media.rtp.send-errors', 'RTP packets that the system did not take');
  const type = isIPv6(options.bindAddress) ? 'udp6' : 'udp4';
  const first = options.portMin + (options.portMin % 2);
  const count = Math.floor((options.portMax - first) / 2) + 1;
  let next = Math.floor(Math.random() * count);

  return async () => {
    for (let attempt = 0; attempt < Math.min(count, MAX_ATTEMPTS); attempt += 1) {
      const port = first + 2 * next;
      next = (next + 1) % count;
      // Addresses are numeric: Node's own lookup would put each send off to the next tick.
      const socket = createSocket({ type, ipv6Only: type === 'udp6', lookup: (host, _options, callback) => callback(null, host, type === 'udp6' ? 6 : 4) });
      if (await isBound(socket, options.bindAddress, port)) return new UdpRtpSocket(socket, port, () => void (sendErrors.value += 1));
    }
    return undefined;
  };
}

async function isBound(socket: Socket, address: string, port: number): Promise<boolean> {
  // Before `bind`: with a lookup that answers at once, it is over when `bind` returns.
  const listening = once(socket, 'listening');
  try {
    socket.bind({ address, port, exclusive: true });
    await listening;
    return true;
  } catch {
    socket.close();
    return false;
  }
}

class UdpRtpSocket implements RtpSocket {
  readonly port: number;
  readonly #socket: Socket;
  readonly #onError: () => void;
  #closed = false;
  onPacket: RtpSocket['onPacket'] = () => {};

  constructor(socket: Socket, port: number, onError: () => void) {
    this.#socket = socket;
    this.#onError = onError;
    this.port = port;
    socket.on('message', (packet, source) => this.onPacket(packet, source.address, source.port));
    socket.on('error', onError);
  }

  send(packet: Uint8Array, address: string, port: number): void {
    if (this.#closed) return;
    this.#socket.send(packet, port, address, (error) => {
      if (error !== null) this.#onError();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}
