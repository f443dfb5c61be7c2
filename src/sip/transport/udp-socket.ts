import type { Counter, Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Destination, LocalSocket, Source, TransportReceiver } from './transport.ts';

/** What an IPv4 datagram can carry: 65535 less the headers of IP and UDP. */
export const MAX_DATAGRAM_BYTES = 65_507;

/** A datagram of at most so many bytes with nothing but CR, LF, NUL or blanks only holds a NAT binding open. */
const MAX_KEEPALIVE_BYTES = 4;

/**
 * What moves the datagrams. `batch` is our addon: up to 64 with one system call. `dgram` is Node's own, one by one,
 * everywhere. `auto` is `batch` where the addon is built.
 */
export type UdpEngine = 'batch' | 'dgram';

export interface UdpOptions {
  readonly engine: UdpEngine | 'auto';
  /** Asked of the kernel as SO_RCVBUF, in bytes. Too small a buffer loses bursts: a batch of calls is 100s of KiB. */
  readonly receiveBufferBytes: number;
  /** Asked of the kernel as SO_SNDBUF, in bytes. */
  readonly sendBufferBytes: number;
  /** Bytes that may wait for the kernel's send buffer; a datagram that would wait longer fails with `ENOBUFS`. */
  readonly maxQueuedBytes: number;
}

export const DEFAULT_UDP_OPTIONS: UdpOptions = {
  engine: 'auto',
  receiveBufferBytes: 4 * 1024 * 1024,
  sendBufferBytes: 1024 * 1024,
  maxQueuedBytes: 4 * 1024 * 1024,
};

/** The counters of all UDP sockets of a process. */
export class UdpCounters {
  readonly received: Counter;
  readonly sent: Counter;
  readonly keepalives: Counter;
  readonly sendErrors: Counter;
  readonly socketErrors: Counter;
  readonly kernelDrops: Counter;

  constructor(counters: Counters) {
    this.received = counters.define('sip.udp.received', 'Datagrams received');
    this.sent = counters.define('sip.udp.sent', 'Datagrams handed to the system');
    this.keepalives = counters.define('sip.udp.keepalives', 'Datagrams without content, dropped');
    this.sendErrors = counters.define('sip.udp.send-errors', 'Datagrams that the system or a limit refused');
    this.socketErrors = counters.define('sip.udp.socket-errors', 'Errors of a UDP socket outside of a send');
    this.kernelDrops = counters.define('sip.udp.kernel-drops', 'Datagrams that the system dropped because its receive buffer was full');
  }
}

/** One bound datagram socket, whichever engine is below it. */
export interface DatagramSocket {
  readonly local: LocalSocket;
  /** Exactly one datagram; a failure is told by `onSendError`. */
  send(text: string, destination: Destination): void;
  /**
   * How many datagrams the kernel has dropped since the socket was bound, for want of room in its receive buffer; modulo
   * 2^32. Looks it up, so not for the path of a packet. undefined where nobody knows.
   */
  kernelDrops(): Promise<number | undefined>;
  /** Resolves when the socket is closed; datagrams that still wait for the kernel are dropped. */
  close(): Promise<void>;
}

export interface UdpSetup {
  readonly receiver: TransportReceiver;
  readonly counters: UdpCounters;
  readonly logger: Logger;
  readonly options: UdpOptions;
}

export function datagramSource(local: LocalSocket, address: string, port: number): Source {
  return { protocol: 'udp', address, port, local, connectionId: 0 };
}

/** Whether a datagram, `length` bytes at `start`, only keeps a NAT binding open. */
export function isKeepalive(bytes: Uint8Array, start: number, length: number): boolean {
  if (length > MAX_KEEPALIVE_BYTES) return false;
  for (let at = start; at < start + length; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x0d && byte !== 0x0a && byte !== 0x00 && byte !== 0x20) return false;
  }
  return true;
}

/** Linux cuts what is asked for to net.core.rmem_max without a word. */
export function noteReceiveBuffer(logger: Logger, askedBytes: number, grantedBytes: number): void {
  if (grantedBytes >= askedBytes) return;
  logger.info('The system grants a smaller UDP receive buffer than asked', { askedBytes, grantedBytes });
}
