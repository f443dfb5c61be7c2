import { createRequire } from 'node:module';
import { AppError, errorText } from '../../base/errors.ts';

/** Our addon, `native/`, as it is built when the package is installed. */
export interface UdpAddon {
  /**
   * Binds a socket, which is then polled until it is closed.
   * @param onEvent gets the number of datagrams that are in the shared memory. 0 when the system takes more again, and
   *   after an exception; `-errno` when the socket has an error
   * @throws the system's error, its name in `code`
   */
  open(
    address: string,
    port: number,
    receiveBufferBytes: number,
    sendBufferBytes: number,
    queueBytes: number,
    onEvent: (received: number) => void,
  ): NativeUdpSocket;
}

/** A bound socket and the memory that it shares with us; `native/udp-batch.c` says what lies where. */
export interface NativeUdpSocket {
  readonly port: number;
  /** As granted. */
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
  readonly memory: ArrayBuffer;
  /** Datagrams of one batch. */
  readonly batch: number;
  /** Datagrams that may wait to be sent; a power of two. */
  readonly queue: number;
  /** 32-bit words of a socket address. */
  readonly addressWords: number;
  /** Bytes from one received datagram to the next. */
  readonly slotStride: number;
  readonly resolvedAt: number;
  readonly receivedAt: number;
  readonly queueAt: number;
  readonly inAt: number;
  readonly outAt: number;
  /** Sends what waits; returns how many datagrams failed. */
  flush(): number;
  drops(): number;
  /** Writes the socket address to `resolvedAt`; false when it is none of the socket's family. */
  resolve(address: string, port: number): boolean;
  /** The address of the sender of a datagram of this batch. */
  sender(index: number): string;
  close(): void;
}

/** Beside `src` and `dist` alike. */
const PATH = '../../../build/Release/udp_batch.node';

/** @throws AppError `listen.engine` when it is not built, or built for another system */
export function loadUdpAddon(): UdpAddon {
  try {
    return createRequire(import.meta.url)(PATH) as UdpAddon;
  } catch (error) {
    const reason = errorText(error).split('\n', 1)[0];
    throw new AppError('listen.engine', `The addon for UDP in batches is not built; npm run build:native does it (${reason})`, { cause: error });
  }
}

/** Whether it can be loaded. */
export function hasUdpAddon(): boolean {
  try {
    loadUdpAddon();
    return true;
  } catch {
    return false;
  }
}
