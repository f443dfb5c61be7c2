import { isIP } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Counter, Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import { DropWatch } from './drop-watch.ts';
import { PeerTable, type Peer } from './peer-table.ts';
import { PortAddresses } from './port-addresses.ts';
import { TcpCounters, DEFAULT_TCP_OPTIONS, type TcpOptions } from './tcp-options.ts';
import { TcpTransport } from './tcp.ts';
import { familyOf, reportSendError } from './transport.ts';
import type { Destination, LocalSocket, Protocol, TransportReceiver } from './transport.ts';
import { openUdpSocket } from './udp.ts';
import { DEFAULT_UDP_OPTIONS, UdpCounters, type DatagramSocket, type UdpOptions } from './udp-socket.ts';

export interface ListenSpec {
  readonly protocol: Protocol;
  /** Numeric, IPv6 without brackets. `0.0.0.0` and `::` are two: each takes its own family only. */
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Binds a UDP socket; see `openUdpSocket`. */
export type OpenUdp = typeof openUdpSocket;

export interface TransportsSetup {
  readonly receiver: TransportReceiver;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly logger: Logger;
  /** undefined takes sockets of the machine. */
  readonly openUdp?: OpenUdp | undefined;
  readonly udp?: Partial<UdpOptions>;
  readonly tcp?: Partial<TcpOptions>;
}

/** Every socket of a node: one place to listen, to send and to close. */
export class Transports {
  readonly #setup: TransportsSetup;
  readonly #udpCounters: UdpCounters;
  readonly #drops: DropWatch;
  readonly #unsendable: Counter;
  readonly #tcp: TcpTransport;
  readonly #udp = new Map<LocalSocket, DatagramSocket>();
  readonly #places = new PeerTable(placeOf);
  #locals: readonly LocalSocket[] = [];
  #ownByPort = new Map<number, PortAddresses>();

  constructor(setup: TransportsSetup) {
    const { receiver, clock, counters, logger } = setup;
    this.#setup = setup;
    this.#udpCounters = new UdpCounters(counters);
    this.#drops = new DropWatch(clock, this.#udpCounters.kernelDrops);
    this.#unsendable = counters.define('sip.transport.unsendable', 'Messages to what is no address or has no socket here');
    const options = { ...DEFAULT_TCP_OPTIONS, ...setup.tcp };
    this.#tcp = new TcpTransport({ receiver, clock, logger, options, counters: new TcpCounters(counters) });
  }

  /**
   * Opens all of `specs`, in their order, or none.
   * @throws AppError `listen.in-use` or `listen.failed`, naming protocol, address and port; `listen.engine`
   */
  async listen(specs: readonly ListenSpec[]): Promise<readonly LocalSocket[]> {
    try {
      for (const spec of specs) this.#locals = [...this.#locals, await this.#open(spec)];
    } catch (error) {
      await this.close();
      throw error;
    }
    this.refreshOwnAddresses();
    return this.#locals;
  }

  /** In the order of the specs. */
  get localSockets(): readonly LocalSocket[] {
    return this.#locals;
  }

  /** TCP connections in both directions. */
  get connectionCount(): number {
    return this.#tcp.connectionCount;
  }

  /** Takes one message. Never throws and never waits; a failure is told later by `onSendError`. */
  send(text: string, destination: Destination): void {
    const { protocol, address, port, local: preferred } = destination;
    const place = this.#places.get(address, port);
    if (!place.isValid) return this.#fail(destination, 'EINVAL');
    const local = this.#localSocketFor(protocol, place, preferred);
    if (local === undefined) return this.#fail(destination, 'EADDRNOTAVAIL');
    if (protocol === 'tcp') return this.#tcp.send(text, destination, local);
    const socket = this.#udp.get(local);
    if (socket === undefined) return this.#fail(destination, 'EADDRNOTAVAIL');
    socket.send(text, destination);
  }

  /**
   * The socket that speaks for us to `address`: `preferred` if it is of that protocol and family,
   * else the first that can reach it. A socket on a loopback address reaches loopback only.
   */
  localSocketFor(protocol: Protocol, address: string, preferred?: LocalSocket): LocalSocket | undefined {
    return this.#localSocketFor(protocol, this.#places.get(address, 0), preferred);
  }

  #localSocketFor(protocol: Protocol, { family, loopback }: Place, preferred: LocalSocket | undefined): LocalSocket | undefined {
    if (preferred?.protocol === protocol && preferred.family === family && fits(preferred, loopback)) return preferred;
    let spare: LocalSocket | undefined;
    for (const local of this.#locals) {
      if (local.protocol !== protocol || local.family !== family) continue;
      if (fits(local, loopback)) return local;
      spare ??= local;
    }
    return spare;
  }

  /** True when one of our sockets, of whatever protocol, receives at this numeric address and port. */
  isOwnAddress(address: string, port: number): boolean {
    return this.#ownByPort.get(port)?.has(address) ?? false;
  }

  /** Whether one of our sockets is at that address, on whichever port. */
  isOwnHost(address: string): boolean {
    for (const addresses of this.#ownByPort.values()) if (addresses.has(address)) return true;
    return false;
  }

  /** Reads the addresses of the machine again; needed when they change while a socket is bound to all of them. */
  refreshOwnAddresses(): void {
    const own = new Map<number, PortAddresses>();
    for (const { address, port, family } of this.#locals) {
      const addresses = own.get(port) ?? new PortAddresses();
      own.set(port, addresses);
      if (isWildcard(address)) addresses.addMachine(family);
      else addresses.add(address, family);
    }
    this.#ownByPort = own;
  }

  /** See `TcpTransport.keep`. */
  keep(connectionId: number, kept: boolean): void {
    this.#tcp.keep(connectionId, kept);
  }

  closeConnection(connectionId: number): void {
    this.#tcp.closeConnection(connectionId);
  }

  /** Closes everything; what was sent over TCP before is still written. */
  async close(): Promise<void> {
    const sockets = [...this.#udp.values()];
    this.#udp.clear();
    this.#locals = [];
    this.#drops.stop();
    await Promise.all([this.#tcp.close(), ...sockets.map((socket) => socket.close())]);
  }

  async #open({ protocol, address, port }: ListenSpec): Promise<LocalSocket> {
    if (protocol === 'tcp') return this.#tcp.listen(address, port);
    const { receiver, logger, udp, openUdp = openUdpSocket } = this.#setup;
    const options = { ...DEFAULT_UDP_OPTIONS, ...udp };
    const socket = await openUdp(address, port, { receiver, logger, options, counters: this.#udpCounters });
    this.#udp.set(socket.local, socket);
    this.#drops.add(socket);
    return socket.local;
  }

  #fail(destination: Destination, code: string): void {
    this.#unsendable.value += 1;
    reportSendError(this.#setup.receiver, destination, code);
  }
}

/** What is asked of an address and port before each message to it. */
interface Place extends Peer {
  readonly isValid: boolean;
  readonly family: 4 | 6;
  readonly loopback: boolean;
}

function placeOf(address: string, port: number): Place {
  return { address, port, isValid: isIP(address) !== 0 && port > 0 && port < 65_536, family: familyOf(address), loopback: isLoopback(address) };
}

function fits(local: LocalSocket, loopback: boolean): boolean {
  return isWildcard(local.address) || isLoopback(local.address) === loopback;
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
