import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import { StreamFramer, type FrameSink } from './framing.ts';
import { errorCode } from './listen-error.ts';
import type { TcpCounters, TcpOptions } from './tcp-options.ts';
import { reportSendError, type Destination, type FramingError, type Source, type TransportReceiver } from './transport.ts';

/** What a connection needs of the transport that owns it. */
export interface ConnectionOwner {
  readonly clock: Clock;
  readonly receiver: TransportReceiver;
  readonly counters: TcpCounters;
  readonly options: TcpOptions;
  /** Calls `flush` of the connection at the end of the current stack. */
  flushLater(connection: TcpConnection): void;
  /** The connection is gone; called once. */
  ended(connection: TcpConnection, wasOpen: boolean): void;
}

type State = 'connecting' | 'open' | 'closing' | 'closed';

const PHASE_TIMER = 0;
const MESSAGE_TIMER = 1;
const IDLE_TIMER = 2;
const DRAIN_TIMER = 3;

/**
 * One TCP connection, accepted or opened.
 *
 *   connecting ──connect──▶ open ──framing lost, idle, close()──▶ closing ──peer closed, linger over──▶ closed
 *       └──────────error, timeout──────────┴──error, slow message, peer does not read──────────────────────▲
 *
 * Messages sent on one stack of calls are joined and written once, when that stack has unwound.
 */
export class TcpConnection implements TimerOwner, FrameSink {
  readonly source: Source;
  /** Somebody's registration hangs on this connection: it is not closed to make room for another. */
  kept = false;
  /** When the last message went either way, on the monotonic clock. */
  lastMessageMs: number;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #framer: StreamFramer;
  readonly #phaseTimer = new Timer(this, PHASE_TIMER);
  readonly #messageTimer = new Timer(this, MESSAGE_TIMER);
  readonly #idleTimer = new Timer(this, IDLE_TIMER);
  readonly #drainTimer = new Timer(this, DRAIN_TIMER);
  #state: State;
  #wasOpen: boolean;
  #lastByteMs: number;
  /** Text that is not handed to the socket yet, and the destinations that its messages were sent to. */
  #outgoing = '';
  readonly #unsent: Destination[] = [];
  #flushWanted = false;
  /** Messages of the chunk that is being cut up. */
  #delivered = 0;

  /** @param socket accepted, or just told to connect */
  constructor(socket: Socket, source: Source, opening: boolean, owner: ConnectionOwner) {
    const { clock, options } = owner;
    this.source = source;
    this.#owner = owner;
    this.#socket = socket;
    this.#framer = new StreamFramer(this, options);
    this.#state = opening ? 'connecting' : 'open';
    this.#wasOpen = !opening;
    this.#lastByteMs = clock.monotonicMs();
    this.lastMessageMs = this.#lastByteMs;
    if (opening) {
      clock.arm(this.#phaseTimer, options.connectTimeoutMs);
      socket.once('connect', () => this.#onConnect());
    } else {
      clock.arm(this.#messageTimer, options.messageDeadlineMs);
      clock.arm(this.#idleTimer, options.idleTimeoutMs);
    }
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('drain', () => clock.disarm(this.#drainTimer));
    socket.on('error', (error) => this.#onError(error));
    socket.on('close', () => this.destroy('ECONNRESET'));
  }

  /** False as soon as either side has begun to close. */
  get usable(): boolean {
    return this.#state === 'connecting' || (this.#state === 'open' && this.#socket.writable);
  }

  send(text: string, destination: Destination): void {
    if (!this.usable) return this.#fail(destination, 'ENOTCONN');
    if (!this.#enqueue(text)) return this.#fail(destination, 'ENOBUFS');
    this.#unsent.push(destination);
  }

  /** Hands over what was sent since the last flush, in one write. */
  flush(): void {
    this.#flushWanted = false;
    if (this.#state !== 'open' || this.#outgoing === '') return;
    const { clock, counters, options } = this.#owner;
    const accepted = this.#socket.write(this.#outgoing, 'latin1');
    if (this.#unsent.length > 0) this.lastMessageMs = clock.monotonicMs();
    counters.sent.value += this.#unsent.length;
    this.#outgoing = '';
    this.#unsent.length = 0;
    if (!accepted && !this.#drainTimer.armed) clock.arm(this.#drainTimer, options.drainDeadlineMs);
  }

  /** Writes what waits, closes our side, and gives the peer `lingerMs` to close its own. */
  close(): void {
    if (this.#state === 'connecting') return this.destroy('ECONNABORTED');
    if (this.#state !== 'open') return;
    this.flush();
    this.#state = 'closing';
    this.#framer.stop();
    this.#disarmAll();
    this.#owner.clock.arm(this.#phaseTimer, this.#owner.options.lingerMs);
    this.#socket.end();
  }

  /** Ends the connection at once; what was not handed to the socket yet fails with `code`. */
  destroy(code: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#framer.stop();
    this.#disarmAll();
    this.#socket.destroy();
    for (const destination of this.#unsent) this.#fail(destination, code);
    this.#unsent.length = 0;
    this.#outgoing = '';
    this.#owner.ended(this, this.#wasOpen);
  }

  onFrame(text: string): void {
    this.#delivered += 1;
    this.#owner.counters.received.value += 1;
    this.#owner.receiver.onMessage(text, this.source);
  }

  onPing(): void {
    this.#owner.counters.pings.value += 1;
    // A peer that pings without reading the answers gets no more of them: it is the one that is late.
    this.#enqueue('\r\n');
    this.#owner.receiver.onKeepalive(this.source);
  }

  onFramingError(reason: FramingError, head: string): void {
    this.#owner.counters.framingErrors.value += 1;
    this.#owner.receiver.onFramingError(this.source, reason, head);
    this.close();
  }

  onTimer(kind: number): void {
    const { clock, counters, options } = this.#owner;
    switch (kind) {
      case PHASE_TIMER:
        return this.destroy('ETIMEDOUT');
      case MESSAGE_TIMER:
        counters.slowMessages.value += 1;
        return this.destroy('ETIMEDOUT');
      case DRAIN_TIMER:
        counters.stuckClosed.value += 1;
        return this.destroy('ETIMEDOUT');
      default: {
        // Armed once for many chunks: what has come in between only moves the time at which it is looked at again.
        const leftMs = this.#lastByteMs + options.idleTimeoutMs - clock.monotonicMs();
        if (leftMs > 0) return clock.arm(this.#idleTimer, leftMs);
        counters.idleClosed.value += 1;
        this.close();
      }
    }
  }

  #onConnect(): void {
    if (this.#state !== 'connecting') return;
    const { clock, counters, options } = this.#owner;
    this.#state = 'open';
    this.#wasOpen = true;
    counters.opened.value += 1;
    clock.disarm(this.#phaseTimer);
    clock.arm(this.#idleTimer, options.idleTimeoutMs);
    this.flush();
  }

  #onData(chunk: Buffer): void {
    if (this.#state !== 'open') return;
    const { clock, options, receiver } = this.#owner;
    const wasMidMessage = this.#framer.midMessage;
    this.#lastByteMs = clock.monotonicMs();
    this.#delivered = 0;
    this.#framer.push(chunk);
    if (this.#delivered > 0) {
      this.lastMessageMs = this.#lastByteMs;
      clock.disarm(this.#messageTimer);
      receiver.onBatchEnd();
    }
    const begun = this.#framer.midMessage && (this.#delivered > 0 || !wasMidMessage);
    // Asked again: the receiver may have closed the connection.
    if (begun && this.usable) clock.arm(this.#messageTimer, options.messageDeadlineMs);
  }

  #onError(error: Error): void {
    this.#owner.counters.socketErrors.value += 1;
    this.destroy(errorCode(error));
  }

  /** False when the queue is full. */
  #enqueue(text: string): boolean {
    const queuedBytes = this.#outgoing.length + this.#socket.writableLength;
    if (queuedBytes + text.length > this.#owner.options.maxQueuedBytes) return false;
    this.#outgoing += text;
    if (!this.#flushWanted) {
      this.#flushWanted = true;
      this.#owner.flushLater(this);
    }
    return true;
  }

  #fail(destination: Destination, code: string): void {
    this.#owner.counters.sendErrors.value += 1;
    reportSendError(this.#owner.receiver, destination, code);
  }

  #disarmAll(): void {
    const { clock } = this.#owner;
    clock.disarm(this.#phaseTimer);
    clock.disarm(this.#messageTimer);
    clock.disarm(this.#idleTimer);
    clock.disarm(this.#drainTimer);
  }
}
