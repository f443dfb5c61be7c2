import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Counter, Counters } from '../../base/counters.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { errorCode, listenError, socketName } from './listen-error.ts';
import { SendSlab } from './send-slab.ts';
import { SourceCache } from './source-cache.ts';
import { familyOf, reportSendError, type Destination, type LocalSocket, type TransportReceiver } from './transport.ts';

/** What an IPv4 datagram can carry: 65535 less the headers of IP and UDP. */
export const MAX_DATAGRAM_BYTES = 65_507;

/** A datagram of at most so many bytes with nothing but CR, LF, NUL or blanks only holds a NAT binding open. */
const MAX_KEEPALIVE_BYTES = 4;

/** How far back the destination of a failed send is looked for, and when the send queue is first asked for its size. */
const RECENT_SENDS = 256;

export interface UdpOptions {
  /** Asked of the kernel as SO_RCVBUF, in bytes. Too small a buffer loses bursts: a batch of calls is 100s of KiB. */
  readonly receiveBufferBytes: number;
  /** Asked of the kernel as SO_SNDBUF, in bytes. */
  readonly sendBufferBytes: number;
  /** Bytes that may wait for the kernel's send buffer; a datagram that would wait longer fails with `ENOBUFS`. */
  readonly maxQueuedBytes: number;
}

export const DEFAULT_UDP_OPTIONS: UdpOptions = {
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

  constructor(counters: Counters) {
    this.received = counters.define('sip.udp.received', 'Datagrams received');
    this.sent = counters.define('sip.udp.sent', 'Datagrams handed to the system');
    this.keepalives = counters.define('sip.udp.keepalives', 'Datagrams without content, dropped');
    this.sendErrors = counters.define('sip.udp.send-errors', 'Datagrams that the system or a limit refused');
    this.socketErrors = counters.define('sip.udp.socket-errors', 'Errors of a UDP socket outside of a send');
  }
}

/** One bound datagram socket. A native implementation with batches of system calls has this shape too. */
export interface DatagramSocket {
  readonly local: LocalSocket;
  /** Exactly one system write; a failure is told by `onSendError`. */
  send(text: string, destination: Destination): void;
  /** Resolves when the socket is closed; datagrams that still wait for the kernel are dropped. */
  close(): Promise<void>;
}

export interface UdpSetup {
  readonly receiver: TransportReceiver;
  readonly counters: UdpCounters;
  readonly logger: Logger;
  readonly options: UdpOptions;
}

/**
 * Binds a UDP socket; port 0 takes a free one.
 * @throws AppError `listen.in-use` or `listen.failed`
 */
export async function openUdpSocket(address: string, port: number, setup: UdpSetup): Promise<DatagramSocket> {
  const family = familyOf(address);
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    // IPv4 has sockets of its own, so that no address ever shows up as ::ffff:a.b.c.d.
    ipv6Only: family === 6,
    // Addresses are numeric already. Node's own lookup would put each send off to the next tick.
    lookup: (host, _options, callback) => callback(null, host, family),
  });
  try {
    // Asked for first: with a lookup that answers at once, the event fires inside bind().
    const listening = once(socket, 'listening');
    socket.bind(port, address);
    await listening;
  } catch (error) {
    socket.close();
    throw listenError('udp', address, port, error);
  }
  return new UdpSocket(socket, { protocol: 'udp', address, port: socket.address().port, family }, setup);
}

/** `DatagramSocket` on `node:dgram`. */
class UdpSocket implements DatagramSocket {
  readonly local: LocalSocket;
  readonly #socket: Socket;
  readonly #receiver: TransportReceiver;
  readonly #counters: UdpCounters;
  readonly #logger: Logger;
  readonly #options: UdpOptions;
  readonly #sources: SourceCache;
  readonly #slab = new SendSlab();
  /** The last destinations, a ring: an error is told with the object that was passed to `send`. */
  readonly #recent = new Array<Destination | undefined>(RECENT_SENDS).fill(undefined);
  #nextRecent = 0;
  /** Sends that Node has not reported on yet. */
  #outstanding = 0;
  #closed = false;

  constructor(socket: Socket, local: LocalSocket, setup: UdpSetup) {
    this.local = local;
    this.#socket = socket;
    this.#receiver = setup.receiver;
    this.#counters = setup.counters;
    this.#logger = setup.logger.child({ socket: socketName('udp', local.address, local.port) });
    this.#options = setup.options;
    this.#sources = new SourceCache(local);
    this.#sizeBuffers();
    socket.on('error', (error) => this.#onSocketError(error));
    socket.on('message', (data, peer) => this.#onDatagram(data, peer));
  }

  send(text: string, destination: Destination): void {
    if (text.length > MAX_DATAGRAM_BYTES) return this.#fail(destination, 'EMSGSIZE');
    if (this.#closed) return this.#fail(destination, 'ENOTCONN');
    if (this.#outstanding === 0) {
      this.#slab.rewind();
    } else if (this.#outstanding >= RECENT_SENDS && this.#socket.getSendQueueSize() > this.#options.maxQueuedBytes) {
      return this.#fail(destination, 'ENOBUFS');
    }
    const offset = this.#slab.put(text);
    try {
      // Without a callback Node reports no error of the system at all; one shared function costs nothing measurable.
      this.#socket.send(this.#slab.buffer, offset, text.length, destination.port, destination.address, this.#onSent);
    } catch {
      return this.#fail(destination, 'EINVAL');
    }
    this.#outstanding += 1;
    this.#recent[this.#nextRecent] = destination;
    this.#nextRecent = (this.#nextRecent + 1) % RECENT_SENDS;
    this.#counters.sent.value += 1;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #onDatagram(data: Buffer, peer: RemoteInfo): void {
    this.#counters.received.value += 1;
    const source = this.#sources.get(peer.address, peer.port);
    if (data.length <= MAX_KEEPALIVE_BYTES && isBlank(data)) {
      this.#counters.keepalives.value += 1;
      this.#receiver.onKeepalive(source);
      return;
    }
    this.#receiver.onMessage(data.toString('latin1'), source);
    this.#receiver.onBatchEnd();
  }

  readonly #onSent = (error: Error | null): void => {
    this.#outstanding -= 1;
    if (error !== null) this.#fail(this.#destinationOf(error), errorCode(error));
  };

  /** Node names the peer in the error, so that no closure has to be made for each datagram. */
  #destinationOf(error: Error): Destination {
    const { address = '', port = 0 } = error as Error & { address?: string; port?: number };
    const known = this.#recent.find((one) => one?.address === address && one.port === port);
    return known ?? { protocol: 'udp', address, port, local: this.local };
  }

  #fail(destination: Destination, code: string): void {
    this.#counters.sendErrors.value += 1;
    reportSendError(this.#receiver, destination, code);
  }

  #onSocketError(error: Error): void {
    this.#counters.socketErrors.value += 1;
    this.#logger.debug('UDP socket error', { error: errorText(error) });
  }

  #sizeBuffers(): void {
    const { receiveBufferBytes, sendBufferBytes } = this.#options;
    try {
      this.#socket.setRecvBufferSize(receiveBufferBytes);
      this.#socket.setSendBufferSize(sendBufferBytes);
      const granted = this.#socket.getRecvBufferSize();
      // Linux caps silently at net.core.rmem_max, and reports twice what it granted.
      if (granted < receiveBufferBytes) {
        this.#logger.info('The system grants a smaller UDP receive buffer than asked', {
          askedBytes: receiveBufferBytes,
          grantedBytes: granted,
        });
      }
    } catch (error) {
      this.#logger.warn('Cannot set the UDP buffer sizes', { error: errorText(error) });
    }
  }
}

function isBlank(data: Buffer): boolean {
  for (const byte of data) {
    if (byte !== 0x0d && byte !== 0x0a && byte !== 0x00 && byte !== 0x20) return false;
  }
  return true;
}
