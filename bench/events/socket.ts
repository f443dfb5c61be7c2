import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const LOOPBACK = '127.0.0.1';
/** A burst of a second waits in it. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** A UDP socket on loopback that speaks text with one port. */
export class SipSocket {
  readonly #socket: Socket;
  readonly #peerPort: number;
  /** Told of each message. */
  onMessage: (text: string) => void = () => {};

  private constructor(socket: Socket, peerPort: number) {
    this.#socket = socket;
    this.#peerPort = peerPort;
    socket.on('message', (bytes) => this.onMessage(bytes.toString('latin1')));
  }

  static async open(peerPort: number): Promise<SipSocket> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES, sendBufferSize: BUFFER_BYTES });
    socket.bind(0, LOOPBACK);
    await once(socket, 'listening');
    return new SipSocket(socket, peerPort);
  }

  /** `host:port` */
  get address(): string {
    return `${LOOPBACK}:${this.#socket.address().port}`;
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), this.#peerPort, LOOPBACK);
  }

  close(): void {
    this.#socket.close();
  }
}
