/**
 * What the transport layer and the layer above it promise each other (RFC 3261 §18).
 *
 * A message is one string of one-byte characters (latin1), body included: it was decoded once and
 * is encoded once. The transport knows nothing of SIP but where a message ends on a stream.
 *
 * Messages arrive in batches: any number of `onMessage`, then one `onBatchEnd`. With our addon a batch
 * is up to 64 datagrams, and what is sent meanwhile goes out behind it; with `node:dgram` it is one datagram,
 * because Node enters JavaScript once for each; on a stream it is what one read brought.
 */
export type Protocol = 'udp' | 'tcp';

/** A socket that is bound and receives. The transport makes one object for each and hands out only that one. */
export interface LocalSocket {
  readonly protocol: Protocol;
  /** As bound: `0.0.0.0` and `::` stand for every address of the machine. IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
}

/** Where a message came from. Shared by the messages of one peer, so it is never changed. */
export interface Source {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** For a connection that we opened: the listener whose address stands for us in Via. */
  readonly local: LocalSocket;
  /** Names one connection for the life of the process; 0 for datagrams. */
  readonly connectionId: number;
}

/** Where a message goes: a resolved address, IPv6 without brackets. A `Source` is a `Destination` too. */
export interface Destination {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** The socket to send from; chosen by the transport when absent or of another family. */
  readonly local?: LocalSocket | undefined;
  /**
   * When set and not 0: this connection and no other. If it is gone the send fails with `ENOTCONN`,
   * and the caller decides whether a new connection would be right (§18.2.2) or wrong (RFC 5626 §5.3).
   */
  readonly connectionId?: number | undefined;
}

/** Why the end of a message on a stream can no longer be found (§18.3, RFC 4475 §3.3.9). */
export type FramingError =
  | 'bare-lf'
  | 'content-length-conflict'
  | 'content-length-invalid'
  | 'content-length-missing'
  | 'garbage'
  | 'header-too-large'
  | 'message-too-large';

/**
 * The layer above. Its methods run on the stack of the socket's event and must not throw. It may
 * send from within any of them.
 */
export interface TransportReceiver {
  onMessage(text: string, source: Source): void;
  /** After the last message of a batch. */
  onBatchEnd(): void;
  /**
   * A stream lost its framing; nothing more is read from it. What is sent to `source` before this
   * returns is still written, then the connection is closed.
   * @param head what was read of the header section, possibly cut short
   */
  onFramingError(source: Source, reason: FramingError, head: string): void;
  /** The peer sent a keep-alive: CRLFCRLF on a stream (answered already), a few empty bytes in a datagram. */
  onKeepalive(source: Source): void;
  /** A connection is gone, by whichever side. Told once for each connection that had been open. */
  onConnectionClosed(connectionId: number): void;
  /**
   * A message was not sent. Never called from within `send`, so that a state machine is not entered
   * twice. Silence does not mean that the message arrived.
   * @param destination the object that was passed to `send`; in a large burst of datagrams, one like it
   * @param code the name of the system's error, or one of ours with the same meaning: `EMSGSIZE` too
   *   long for a datagram, `ENOBUFS` a queue is full, `ENOTCONN` that connection is gone, `ETIMEDOUT`
   *   no connection in time, `EADDRNOTAVAIL` no socket of that protocol and family, `EMFILE` too many
   *   connections, `EINVAL` not an address and port
   */
  onSendError(destination: Destination, code: string): void;
}

/** Reports a failed send after the current stack has unwound. */
export function reportSendError(receiver: TransportReceiver, destination: Destination, code: string): void {
  process.nextTick(tell, receiver, destination, code);
}

function tell(receiver: TransportReceiver, destination: Destination, code: string): void {
  receiver.onSendError(destination, code);
}

/** 4 or 6 by the look of a numeric address: only IPv6 has colons. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}
