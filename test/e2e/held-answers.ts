import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A port before an HTTP server; the answers to requests of one method can be held back for as long as a test likes. */
export class HeldAnswers {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];
  #method: string | undefined;

  private constructor(targetPort: number) {
    this.#server = createServer((near) => this.#connect(near, connect(targetPort, '127.0.0.1')));
  }

  static async before(targetPort: number): Promise<HeldAnswers> {
    const held = new HeldAnswers(targetPort);
    held.#server.listen(0, '127.0.0.1');
    await once(held.#server, 'listening');
    return held;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many parts of answers, the end of a connection among them, are held at this moment. */
  get held(): number {
    return this.#waiting.length;
  }

  /** From now on answers to requests of that method wait. */
  hold(method: string): void {
    this.#method = method;
  }

  /** Lets go of what waits; nothing is held any more. */
  release(): void {
    this.#method = undefined;
    for (const write of this.#waiting.splice(0)) write();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #connect(near: Socket, far: Socket): void {
    let method = '';
    const answer = (write: () => void) => {
      if (method === this.#method) this.#waiting.push(write);
      else write();
    };
    for (const [one, other] of [[near, far], [far, near]] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => this.#sockets.delete(one));
    }
    near.on('data', (chunk) => {
      // A request begins a chunk: the client sends one at a time on a connection.
      method = /^[A-Z]+(?= )/.exec(chunk.toString('latin1'))?.[0] ?? method;
      far.write(chunk);
    });
    near.on('end', () => far.end());
    far.on('data', (chunk) => answer(() => near.write(chunk)));
    far.on('end', () => answer(() => near.end()));
  }
}
