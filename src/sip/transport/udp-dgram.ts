import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { errorCode, listenError, socketName } from './listen-error.ts';
import { PeerTable } from './peer-table.ts';
import { dropsOf } from './proc-net-udp.ts';
import { SendSlab } from './send-slab.ts';
import { familyOf, reportSendError, type Destination, type LocalSocket, type Source, type TransportReceiver } from './transport.ts';
import { datagramSource, isKeepalive, MAX_DATAGRAM_BYTES, noteReceiveBuffer } from './udp-socket.ts';
import type { DatagramSocket, UdpCounters, UdpOptions, UdpSetup } from './udp-socket.ts';

/** How far back the destination of a failed send is looked for, and when the send queue is first asked for its size. */
const RECENT_SENDS = 256;

/**
 * Binds a UDP socket of Node's own; port 0 takes a free one.
 * @throws AppError `listen.in-use` or `listen.failed`
 */
export async function openDgramSocket(address: string, port: number, setup: UdpSetup): Promise<DatagramSocket> {
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
  return new DgramSocket(socket, { protocol: 'udp', address, port: socket.address().port, family }, setup);
}

/** `DatagramSocket` on `node:dgram`. */
class DgramSocket implements DatagramSocket {
  readonly local: LocalSocket;
  readonly #socket: Socket;
  readonly #receiver: TransportReceiver;
  readonly #counters: UdpCounters;
  readonly #logger: Logger;
  readonly #options: UdpOptions;
  readonly #sources: PeerTable<Source>;
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
    this.#sources = new PeerTable((address, port) => datagramSource(local, address, port));
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

  kernelDrops(): Promise<number | undefined> {
    return dropsOf(this.local);
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
    if (isKeepalive(data, 0, data.length)) {
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
      const told = this.#socket.getRecvBufferSize();
      // Linux tells twice as much, for its own use beside the datagrams.
      noteReceiveBuffer(this.#logger, receiveBufferBytes, process.platform === 'linux' ? told / 2 : told);
    } catch (error) {
      this.#logger.warn('Cannot set the UDP buffer sizes', { error: errorText(error) });
    }
  }
}
