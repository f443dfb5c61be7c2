import { getSystemErrorName } from 'node:util';
import type { Logger } from '../../base/logger.ts';
import { listenError, socketName } from './listen-error.ts';
import { PeerTable } from './peer-table.ts';
import { SendQueue } from './send-queue.ts';
import { SourceTable } from './source-table.ts';
import { familyOf, reportSendError, type Destination, type LocalSocket, type TransportReceiver } from './transport.ts';
import { loadUdpAddon, type NativeUdpSocket, type UdpAddon } from './udp-addon.ts';
import { isKeepalive, MAX_DATAGRAM_BYTES, noteReceiveBuffer } from './udp-socket.ts';
import type { DatagramSocket, UdpCounters, UdpSetup } from './udp-socket.ts';

/** A destination as the system wants it; `words` is undefined when it is not an address and port of the socket's family. */
interface ResolvedPeer {
  readonly address: string;
  readonly port: number;
  readonly words: Int32Array | undefined;
}

/**
 * Binds a UDP socket whose datagrams are moved in batches.
 * @throws AppError `listen.in-use`, `listen.failed` or `listen.engine`
 */
export function openBatchSocket(address: string, port: number, setup: UdpSetup, addon = loadUdpAddon()): DatagramSocket {
  return new BatchSocket(address, port, setup, addon);
}

/**
 * `DatagramSocket` on our addon. What arrives together is handed on together; what is sent meanwhile goes out with one system
 * call when the last message has been handled. What is sent at another time goes out when the code that runs now is done.
 */
class BatchSocket implements DatagramSocket {
  readonly local: LocalSocket;
  readonly #native: NativeUdpSocket;
  readonly #receiver: TransportReceiver;
  readonly #counters: UdpCounters;
  readonly #logger: Logger;
  readonly #sources: SourceTable;
  readonly #peers: PeerTable<ResolvedPeer>;
  readonly #queue: SendQueue;
  /** Words with the length of each datagram, then its sender. */
  readonly #received: Int32Array;
  readonly #bytes: Buffer;
  /** Datagrams of this batch, and how many of them were handed on. */
  #arrived = 0;
  #handled = 0;
  /** Somebody will flush after us. */
  #flushComes = false;
  #closed = false;

  constructor(address: string, port: number, setup: UdpSetup, addon: UdpAddon) {
    const { receiveBufferBytes, sendBufferBytes, maxQueuedBytes } = setup.options;
    let native: NativeUdpSocket;
    try {
      native = addon.open(address, port, receiveBufferBytes, sendBufferBytes, maxQueuedBytes, (count) => this.#onEvent(count));
    } catch (error) {
      throw listenError('udp', address, port, error);
    }
    this.#native = native;
    this.local = { protocol: 'udp', address, port: native.port, family: familyOf(address) };
    this.#receiver = setup.receiver;
    this.#counters = setup.counters;
    this.#logger = setup.logger.child({ socket: socketName('udp', address, native.port) });
    this.#received = new Int32Array(native.memory, native.receivedAt, native.batch * (1 + native.addressWords));
    this.#bytes = Buffer.from(native.memory, native.inAt, native.batch * native.slotStride);
    this.#sources = new SourceTable(this.local, this.#received, native);
    this.#peers = new PeerTable((peer, peerPort) => this.#resolve(peer, peerPort));
    this.#queue = new SendQueue(native);
    noteReceiveBuffer(this.#logger, receiveBufferBytes, native.receiveBufferBytes);
  }

  send(text: string, destination: Destination): void {
    if (text.length > MAX_DATAGRAM_BYTES) return this.#fail(destination, 'EMSGSIZE');
    if (this.#closed) return this.#fail(destination, 'ENOTCONN');
    const { words } = this.#peers.get(destination.address, destination.port);
    if (words === undefined) return this.#fail(destination, 'EINVAL');
    if (!this.#queue.put(text, words, destination)) {
      // Before the end of the batch, when it brings forth more than the queue holds.
      this.#flush();
      if (!this.#queue.put(text, words, destination)) return this.#fail(destination, 'ENOBUFS');
    }
    this.#counters.sent.value += 1;
    if (this.#flushComes) return;
    this.#flushComes = true;
    process.nextTick(this.#flushNow);
  }

  async kernelDrops(): Promise<number | undefined> {
    return this.#closed ? undefined : this.#native.drops();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    this.#native.close();
  }

  #onEvent(received: number): void {
    if (received < 0) this.#onSocketError(getSystemErrorName(received));
    if (received > 0) {
      this.#arrived = received;
      this.#handled = 0;
      this.#counters.received.value += received;
    }
    this.#flushComes = true;
    try {
      this.#handOn();
    } finally {
      this.#flushNow();
    }
  }

  /** Hands on what has not been handed on yet: all of a batch, or what is left of one after a receiver threw. */
  #handOn(): void {
    let messages = 0;
    while (this.#handled < this.#arrived && !this.#closed) {
      const index = this.#handled;
      this.#handled += 1;
      const length = this.#received[index * (1 + this.#native.addressWords)]!;
      const source = this.#sources.get(index);
      const start = index * this.#native.slotStride;
      if (isKeepalive(this.#bytes, start, length)) {
        this.#counters.keepalives.value += 1;
        this.#receiver.onKeepalive(source);
      } else {
        messages += 1;
        this.#receiver.onMessage(this.#bytes.toString('latin1', start, start + length), source);
      }
    }
    if (messages > 0) this.#receiver.onBatchEnd();
  }

  readonly #flushNow = (): void => {
    this.#flushComes = false;
    this.#flush();
  };

  #flush(): void {
    if (!this.#closed && !this.#queue.isEmpty) this.#queue.flush(this.#onFailure);
  }

  readonly #onFailure = (destination: Destination, code: string): void => this.#fail(destination, code);

  #fail(destination: Destination, code: string): void {
    this.#counters.sendErrors.value += 1;
    reportSendError(this.#receiver, destination, code);
  }

  #resolve(address: string, port: number): ResolvedPeer {
    if (!(port > 0) || !this.#native.resolve(address, port)) return { address, port, words: undefined };
    return { address, port, words: new Int32Array(this.#native.memory, this.#native.resolvedAt, this.#native.addressWords).slice() };
  }

  #onSocketError(error: string): void {
    this.#counters.socketErrors.value += 1;
    this.#logger.debug('UDP socket error', { error });
  }
}
