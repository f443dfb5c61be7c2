import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { listenError } from './listen-error.ts';
import { TcpConnection, type ConnectionOwner } from './tcp-connection.ts';
import type { TcpCounters, TcpOptions } from './tcp-options.ts';
import { familyOf, reportSendError, type Destination, type LocalSocket, type Source, type TransportReceiver } from './transport.ts';

/** Small messages are not held back, and the system finds out that a peer has vanished. */
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

export interface TcpSetup {
  readonly receiver: TransportReceiver;
  readonly clock: Clock;
  readonly counters: TcpCounters;
  readonly logger: Logger;
  readonly options: TcpOptions;
}

/**
 * All TCP listeners and connections of a node. A destination without a connection of its own is
 * reached over the connection to that address and port, whoever opened it, else over a new one
 * (RFC 3261 §18.1.1, §18.2.2).
 */
export class TcpTransport implements ConnectionOwner {
  readonly clock: Clock;
  readonly receiver: TransportReceiver;
  readonly counters: TcpCounters;
  readonly options: TcpOptions;
  readonly #logger: Logger;
  readonly #servers = new Set<Server>();
  readonly #byId = new Map<number, TcpConnection>();
  /** By `address|port` of the peer. */
  readonly #byPeer = new Map<string, TcpConnection>();
  readonly #countByAddress = new Map<string, number>();
  #lastId = 0;
  #unflushed: TcpConnection[] = [];
  #closing = false;
  #onEmpty: (() => void) | undefined;

  constructor(setup: TcpSetup) {
    this.receiver = setup.receiver;
    this.clock = setup.clock;
    this.counters = setup.counters;
    this.options = setup.options;
    this.#logger = setup.logger;
  }

  get connectionCount(): number {
    return this.#byId.size;
  }

  /**
   * Accepts connections; port 0 takes a free one.
   * @throws AppError `listen.in-use` or `listen.failed`
   */
  async listen(address: string, port: number): Promise<LocalSocket> {
    const family = familyOf(address);
    const server = createServer(SOCKET_OPTIONS);
    try {
      server.listen({ host: address, port, ipv6Only: family === 6, backlog: 1024 });
      await once(server, 'listening');
    } catch (error) {
      throw listenError('tcp', address, port, error);
    }
    const local: LocalSocket = { protocol: 'tcp', address, port: (server.address() as AddressInfo).port, family };
    server.on('connection', (socket) => this.#accept(socket, local));
    server.on('error', (error) => {
      this.counters.socketErrors.value += 1;
      this.#logger.warn('Cannot accept a TCP connection', { error: errorText(error) });
    });
    this.#servers.add(server);
    return local;
  }

  /** @param local the listener that stands for us on a connection that has to be opened */
  send(text: string, destination: Destination, local: LocalSocket): void {
    const { address, port, connectionId = 0 } = destination;
    if (connectionId !== 0) {
      const connection = this.#byId.get(connectionId);
      if (connection === undefined) return this.#fail(destination, 'ENOTCONN');
      return connection.send(text, destination);
    }
    const known = this.#byPeer.get(peerKey(address, port));
    if (known?.usable) return known.send(text, destination);
    if (this.#closing) return this.#fail(destination, 'ENOTCONN');
    if (!this.#makeRoom(address)) return this.#fail(destination, 'EMFILE');
    this.#open(address, port, local).send(text, destination);
  }

  /** Marks a connection that must not be closed to make room, or takes the mark off. */
  keep(connectionId: number, kept: boolean): void {
    const connection = this.#byId.get(connectionId);
    if (connection !== undefined) connection.kept = kept;
  }

  /** Closes one connection after what waits on it was written. */
  closeConnection(connectionId: number): void {
    this.#byId.get(connectionId)?.close();
  }

  /** Stops listening and closes every connection; resolves when the last one is gone, `lingerMs` later at most. */
  async close(): Promise<void> {
    this.#closing = true;
    const servers = [...this.#servers].map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    this.#servers.clear();
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const connection of [...this.#byId.values()]) connection.close();
    if (this.#byId.size > 0) await empty;
    await Promise.all(servers);
  }

  flushLater(connection: TcpConnection): void {
    // Node runs this queue when the callback that it made into JavaScript returns: the end of a batch.
    if (this.#unflushed.push(connection) === 1) process.nextTick(this.#flushAll);
  }

  ended(connection: TcpConnection, wasOpen: boolean): void {
    const { address, port, connectionId } = connection.source;
    this.#byId.delete(connectionId);
    if (this.#byPeer.get(peerKey(address, port)) === connection) this.#byPeer.delete(peerKey(address, port));
    const count = this.#countByAddress.get(address)! - 1;
    if (count > 0) this.#countByAddress.set(address, count);
    else this.#countByAddress.delete(address);
    // Later, because room may be made from within a send.
    if (wasOpen) process.nextTick(() => this.receiver.onConnectionClosed(connectionId));
    if (this.#byId.size === 0) this.#onEmpty?.();
  }

  readonly #flushAll = (): void => {
    const connections = this.#unflushed;
    this.#unflushed = [];
    for (const connection of connections) connection.flush();
  };

  #accept(socket: Socket, local: LocalSocket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    // Both are undefined when the peer has reset the connection already.
    if (address === undefined || port === undefined || this.#closing) {
      socket.destroy();
      return;
    }
    if (!this.#makeRoom(address)) {
      this.counters.refused.value += 1;
      socket.resetAndDestroy();
      return;
    }
    this.counters.accepted.value += 1;
    this.#add(socket, address, port, local, false);
  }

  #open(address: string, port: number, local: LocalSocket): TcpConnection {
    // A listener on one address speaks from that address, so that the peer sees the one it knows.
    const wildcard = local.address === '0.0.0.0' || local.address === '::';
    const from = wildcard ? {} : { localAddress: local.address };
    return this.#add(connect({ host: address, port, ...SOCKET_OPTIONS, ...from }), address, port, local, true);
  }

  #add(socket: Socket, address: string, port: number, local: LocalSocket, opening: boolean): TcpConnection {
    this.#lastId += 1;
    const source: Source = { protocol: 'tcp', address, port, local, connectionId: this.#lastId };
    const connection = new TcpConnection(socket, source, opening, this);
    this.#byId.set(source.connectionId, connection);
    this.#byPeer.set(peerKey(address, port), connection);
    this.#countByAddress.set(address, (this.#countByAddress.get(address) ?? 0) + 1);
    return connection;
  }

  /** False when one more connection of this address would pass a limit and no idle one can be closed for it. */
  #makeRoom(address: string): boolean {
    const ofAddress = this.#countByAddress.get(address) ?? 0;
    if (ofAddress >= this.options.maxConnectionsPerAddress) return this.#evict(address);
    if (this.#byId.size >= this.options.maxConnections) return this.#evict(undefined);
    return true;
  }

  /** Closes the connection, of `address` if given, that has been without a message for longest. */
  #evict(address: string | undefined): boolean {
    let oldest: TcpConnection | undefined;
    for (const connection of this.#byId.values()) {
      if (connection.kept || (address !== undefined && connection.source.address !== address)) continue;
      if (oldest === undefined || connection.lastMessageMs < oldest.lastMessageMs) oldest = connection;
    }
    if (oldest === undefined || this.clock.monotonicMs() - oldest.lastMessageMs < this.options.evictIdleMs) return false;
    this.counters.evicted.value += 1;
    oldest.destroy('ECONNABORTED');
    return true;
  }

  #fail(destination: Destination, code: string): void {
    this.counters.sendErrors.value += 1;
    reportSendError(this.receiver, destination, code);
  }
}

function peerKey(address: string, port: number): string {
  return `${address}|${port}`;
}
