import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type tls from 'node:tls';
import { isNearAddress, type ApiBase } from './api-base.ts';

/**
 * An agent that remembers which errors struck before the connection was ready. Such a request never
 * left this machine, so that even a write may be tried again; without this mark an `ECONNRESET`
 * in the TLS handshake looks the same as one after the request was sent.
 *
 * A connection is used again only within `REUSE_MS` of its last answer. Servers keep idle connections for seconds at
 * least; one that was kept longer may be closed by them just now, which would turn a harmless moment into a write
 * of unknown outcome. So messages that follow each other closely save a connection each, and no others.
 */
export interface XAgent extends https.Agent {
  neverSent(error: unknown): boolean;
}

/** Node closes its servers' idle connections after 5 s, the shortest that is usual. */
const REUSE_MS = 1_000;
/** `timeout` is how long a connection that nobody uses is kept. */
const REUSE = { keepAlive: true, timeout: REUSE_MS, maxFreeSockets: 32 };

/** Marks what fails until `ready` is emitted, and fails a connection that takes longer than `timeoutMs`. */
function watch(
  socket: net.Socket,
  ready: 'connect' | 'secureConnect',
  options: { timeoutMs: number; unsent: WeakSet<object> },
): void {
  const onError = (error: Error) => void options.unsent.add(error);
  const onTimeout = () => void socket.destroy(new Error(`no connection within ${options.timeoutMs} ms`));
  socket.once('error', onError);
  socket.setTimeout(options.timeoutMs, onTimeout);
  socket.once(ready, () => {
    socket.off('error', onError);
    socket.setTimeout(0, onTimeout);
  });
}

/** Connects to X itself, by TLS. */
export class DirectAgent extends https.Agent implements XAgent {
  readonly #unsent = new WeakSet<object>();
  readonly #connectTimeoutMs: number;

  constructor(connectTimeoutMs: number) {
    super(REUSE);
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const socket = super.createConnection(options, callback) as tls.TLSSocket;
    watch(socket, 'secureConnect', { timeoutMs: this.#connectTimeoutMs, unsent: this.#unsent });
    return socket;
  }

  neverSent(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#unsent.has(error);
  }
}

/**
 * Connects to the sandbox by plain TCP. The library goes on believing that it talks to
 * `https://api.x.com`: URL, Host header and OAuth signature are those of production, so that the
 * sandbox checks what X would check.
 */
export class EmulatorAgent extends https.Agent implements XAgent {
  readonly #unsent = new WeakSet<object>();
  readonly #to: ApiBase;
  readonly #connectTimeoutMs: number;

  constructor(to: ApiBase, connectTimeoutMs: number) {
    super(REUSE);
    this.#to = to;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  override createConnection(): net.Socket {
    const socket = net.connect({ host: this.#to.host, port: this.#to.port });
    watch(socket, 'connect', { timeoutMs: this.#connectTimeoutMs, unsent: this.#unsent });
    socket.on('lookup', (error, address) => {
      if (!error && !isNearAddress(address)) {
        socket.destroy(new Error(`${this.#to.host} is ${address}, which is not a loopback or private address`));
      }
    });
    return socket;
  }

  neverSent(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#unsent.has(error);
  }
}
