import { isIPv4 } from 'node:net';
import type { OpenUdp } from '../../sip/transport/transports.ts';
import type { NativeUdpSocket, UdpAddon } from '../../sip/transport/udp-addon.ts';
import { openBatchSocket } from '../../sip/transport/udp-batch.ts';

const BATCH = 1;
const QUEUE = 64;
const ADDRESS_WORDS = 7;
const SLOT_STRIDE = 64 * 1024;
/** As in `native/udp-socket.h`: two counts, one address, what was received, what is to be sent, and the bytes of both. */
const RESOLVED_AT = 8;
const RECEIVED_AT = RESOLVED_AT + 4 * ADDRESS_WORDS;
const QUEUE_AT = RECEIVED_AT + 4 * BATCH * (1 + ADDRESS_WORDS);
const ENTRY_WORDS = 2 + ADDRESS_WORDS;
const IN_AT = QUEUE_AT + 4 * QUEUE * ENTRY_WORDS;
const OUT_AT = IN_AT + BATCH * SLOT_STRIDE;
const OUT_BYTES = 64 * 1024;

/**
 * A network in the memory of this process with one IPv4 socket on it: what the socket sends arrives here, and what is delivered it
 * receives. The socket is the one that batches datagrams, with this in place of the addon.
 */
export class MemoryNetwork {
  readonly #memory = new ArrayBuffer(OUT_AT + OUT_BYTES);
  readonly #bytes = Buffer.from(this.#memory);
  readonly #words = new Int32Array(this.#memory, 0, IN_AT / 4);
  readonly #arrived: (text: string) => void;
  #onEvent: (received: number) => void = () => {};

  /** @param arrived gets each datagram, in the order of sending */
  constructor(arrived: (text: string) => void) {
    this.#arrived = arrived;
  }

  /** Opens the socket. */
  readonly open: OpenUdp = (address, port, setup) => Promise.resolve(openBatchSocket(address, port, setup, this.#addon));

  /** The socket receives a datagram; what it sends thereupon has arrived when this returns. */
  deliver(text: string, address: string, port: number): void {
    this.#words[RECEIVED_AT / 4] = this.#bytes.write(text, IN_AT, 'latin1');
    this.#writeAddress(RECEIVED_AT + 4, address, port);
    this.#onEvent(1);
  }

  readonly #addon: UdpAddon = {
    open: (_address, port, receiveBufferBytes, sendBufferBytes, _queueBytes, onEvent): NativeUdpSocket => {
      this.#onEvent = onEvent;
      return {
        port,
        receiveBufferBytes,
        sendBufferBytes,
        memory: this.#memory,
        batch: BATCH,
        queue: QUEUE,
        addressWords: ADDRESS_WORDS,
        slotStride: SLOT_STRIDE,
        resolvedAt: RESOLVED_AT,
        receivedAt: RECEIVED_AT,
        queueAt: QUEUE_AT,
        inAt: IN_AT,
        outAt: OUT_AT,
        flush: () => this.#flush(),
        drops: () => 0,
        resolve: (address, peerPort) => isIPv4(address) && this.#writeAddress(RESOLVED_AT, address, peerPort),
        sender: () => this.#bytes.subarray(RECEIVED_AT + 8, RECEIVED_AT + 12).join('.'),
        close: () => {},
      };
    },
  };

  #flush(): number {
    const words = this.#words;
    for (let head = words[0]!; head !== words[1]; head += 1) {
      const entry = QUEUE_AT / 4 + (head & (QUEUE - 1)) * ENTRY_WORDS;
      const start = OUT_AT + words[entry]!;
      this.#arrived(this.#bytes.toString('latin1', start, start + words[entry + 1]!));
    }
    words[0] = words[1]!;
    return 0;
  }

  /** As the system writes it: the port in the third and fourth byte, then the address. */
  #writeAddress(at: number, address: string, port: number): true {
    this.#bytes.writeUInt16BE(port, at + 2);
    this.#bytes.set(address.split('.').map(Number), at + 4);
    return true;
  }
}
