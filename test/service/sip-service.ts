import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { SystemClock } from '../../src/base/system-clock.ts';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { loadConfig } from '../../src/config/load.ts';
import { SipNode } from '../../src/app/sip-node.ts';

/** A SIP node as a stranger runs it, but with registrations in memory and on a free port of loopback. */
export async function startService(overrides: readonly string[]): Promise<{ node: SipNode; port: number; counters: Counters }> {
  const counters = new Counters();
  const { config } = loadConfig({ searchPaths: [], overrides: ['sip.listen=udp:127.0.0.1:0,tcp:127.0.0.1:0', ...overrides] });
  const node = await SipNode.start({
    config,
    clock: new SystemClock(),
    logger: silentLogger,
    counters,
    locationStore: undefined,
    sqlConnections: new Map(),
    credentials: { find: () => Promise.resolve(undefined) },
    addresses: { loadAll: () => Promise.resolve([]) },
    outbox: { append: () => true, pending: () => 0 },
    inboxes: { take: () => undefined, size: () => 0 },
    backEnds: [],
    ownPorts: [],
  });
  return { node, port: node.localSockets[0]!.port, counters };
}

/** A socket that remembers what it received. */
export class Peer {
  readonly socket: Socket;
  readonly received: string[] = [];
  readonly #proxyPort: number;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket, proxyPort: number) {
    this.socket = socket;
    this.#proxyPort = proxyPort;
    socket.on('message', (bytes) => {
      this.received.push(bytes.toString('latin1'));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async open(proxyPort: number): Promise<Peer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Peer(socket, proxyPort);
  }

  get port(): number {
    return this.socket.address().port;
  }

  send(text: string | Buffer): void {
    this.socket.send(typeof text === 'string' ? Buffer.from(text, 'latin1') : text, this.#proxyPort, '127.0.0.1');
  }

  /** The first message that matches, waiting for it until `deadlineMs`. It is taken out of `received`. */
  async take(matches: (text: string) => boolean, deadlineMs = 5000): Promise<string> {
    const signal = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const index = this.received.findIndex(matches);
      if (index >= 0) return this.received.splice(index, 1)[0]!;
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => reject(new Error(`nothing that matches came in ${deadlineMs} ms; received: ${this.received.map((text) => text.split('\r\n', 1)[0]).join(' | ')}`)), { once: true });
      });
    }
  }

  close(): void {
    this.socket.close();
  }
}
