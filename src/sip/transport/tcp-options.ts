import type { Counter, Counters } from '../../base/counters.ts';
import { DEFAULT_FRAMING_LIMITS, type FramingLimits } from './framing.ts';

/** The bounds of the TCP transport; at each of them stands what happens there. */
export interface TcpOptions extends FramingLimits {
  /** Connections in both directions. At the limit the one without a message for longest is closed for a new one. */
  readonly maxConnections: number;
  /** The same for one remote address. */
  readonly maxConnectionsPerAddress: number;
  /** Only a connection that had no message for so long is closed for a new one; if there is none, the new one is refused. */
  readonly evictIdleMs: number;
  /**
   * From the first byte of a message to its last, and from accepting a connection to its first message.
   * A peer that takes longer holds a connection for nothing and is cut off.
   */
  readonly messageDeadlineMs: number;
  /** Without a byte from the peer for so long a connection is closed. The default outlasts a registration of one hour. */
  readonly idleTimeoutMs: number;
  /** A connection that we open must be there by then, else all that waits for it fails with `ETIMEDOUT`. */
  readonly connectTimeoutMs: number;
  /** Bytes that wait for a connection to open or for its peer to read; a message beyond fails with `ENOBUFS`. */
  readonly maxQueuedBytes: number;
  /** A peer that reads nothing of what waits for so long is cut off. */
  readonly drainDeadlineMs: number;
  /** How long the peer has to close its side after we closed ours. */
  readonly lingerMs: number;
}

export const DEFAULT_TCP_OPTIONS: TcpOptions = {
  ...DEFAULT_FRAMING_LIMITS,
  maxConnections: 2048,
  maxConnectionsPerAddress: 256,
  evictIdleMs: 10_000,
  messageDeadlineMs: 20_000,
  idleTimeoutMs: 3_605_000,
  connectTimeoutMs: 5000,
  maxQueuedBytes: 256 * 1024,
  drainDeadlineMs: 20_000,
  lingerMs: 2000,
};

/** The counters of all TCP connections of a process. */
export class TcpCounters {
  readonly received: Counter;
  readonly sent: Counter;
  readonly pings: Counter;
  readonly accepted: Counter;
  readonly opened: Counter;
  readonly refused: Counter;
  readonly evicted: Counter;
  readonly framingErrors: Counter;
  readonly slowMessages: Counter;
  readonly idleClosed: Counter;
  readonly stuckClosed: Counter;
  readonly sendErrors: Counter;
  readonly socketErrors: Counter;

  constructor(counters: Counters) {
    this.received = counters.define('sip.tcp.received', 'Messages received over TCP');
    this.sent = counters.define('sip.tcp.sent', 'Messages handed to a TCP connection');
    this.pings = counters.define('sip.tcp.pings', 'Keep-alives answered (RFC 5626)');
    this.accepted = counters.define('sip.tcp.accepted', 'Connections accepted');
    this.opened = counters.define('sip.tcp.opened', 'Connections opened by this node');
    this.refused = counters.define('sip.tcp.refused', 'Connections refused at a limit');
    this.evicted = counters.define('sip.tcp.evicted', 'Idle connections closed to make room for another');
    this.framingErrors = counters.define('sip.tcp.framing-errors', 'Connections closed because message ends were lost');
    this.slowMessages = counters.define('sip.tcp.slow-messages', 'Connections closed because a message took too long');
    this.idleClosed = counters.define('sip.tcp.idle-closed', 'Connections closed after silence');
    this.stuckClosed = counters.define('sip.tcp.stuck-closed', 'Connections closed because the peer did not read');
    this.sendErrors = counters.define('sip.tcp.send-errors', 'Messages that could not be sent over TCP');
    this.socketErrors = counters.define('sip.tcp.socket-errors', 'Errors of TCP sockets');
  }
}
