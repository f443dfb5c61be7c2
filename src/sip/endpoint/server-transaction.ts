import type { Clock } from '../../base/clock.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import { buildReply } from '../message/reply.ts';
import type { SipMessage } from '../message/sip-message.ts';
import { InviteServer, type InviteServerPort, type InviteServerTimer } from '../transaction/invite-server.ts';
import { NonInviteServer, type NonInviteServerPort, type NonInviteServerTimer } from '../transaction/non-invite-server.ts';
import { isRetransmitTimer, type TransactionFailure } from '../transaction/port.ts';
import type { TransactionTimings } from '../transaction/timings.ts';
import type { Source } from '../transport/transport.ts';

/** What the layer above learns of a request that it answers. */
export interface ServerTransactionUser {
  /** The response was never acknowledged, or could not be delivered. */
  onTransactionFailure(failure: TransactionFailure): void;
  /** The transaction is over and forgotten. */
  onTransactionEnded(): void;
}

/** What a server transaction needs of its endpoint. */
export interface ServerTransactionPort {
  readonly clock: Clock;
  readonly timings: TransactionTimings;
  sendReply(text: string, request: SipMessage, source: Source, forceRport: boolean): void;
  /** Something threw that must not: it is logged and counted. */
  defect(thrown: unknown, request: SipMessage | undefined): void;
  /** Until timer J repetitions of the request are answered with this response, without the transaction, which ends now. */
  keepAnswer(request: SipMessage, response: string, source: Source, forceRport: boolean): void;
  serverEnded(transaction: ServerTransaction): void;
}

const RETRANSMIT = 0;
const LIFETIME = 1;
const TRYING = 2;

/** An INVITE that nobody has answered after this long is answered with 100 (§17.2.1). */
const TRYING_MS = 200;

/**
 * A request that is being answered: the machine of §17.2, its timers and the last response.
 *
 * It starts as *held*: it absorbs retransmissions while a script decides what becomes of the
 * request. `begin` makes it a transaction in the RFC's sense; a held one can be let go without
 * a trace, as for a request that is answered without state.
 */
export class ServerTransaction implements InviteServerPort<string, SipMessage>, NonInviteServerPort<string>, TimerOwner {
  readonly request: SipMessage;
  readonly source: Source;
  /** Next transaction in the same slot of the table. */
  chained: ServerTransaction | undefined = undefined;
  user: ServerTransactionUser | undefined = undefined;
  /** Treat the topmost Via as if it had asked for `rport` (RFC 3581). */
  forceRport = false;
  /**
   * Reason header lines of a CANCEL that came while the request was held, when there was nothing to
   * cancel yet; undefined when none came. Whoever begins the transaction has to look.
   */
  cancelledWhileHeld: string | undefined = undefined;
  readonly #port: ServerTransactionPort;
  readonly #lifetimeTimer = new Timer(this, LIFETIME);
  /** Of timer G, which few transactions ever need. */
  #retransmitTimer: Timer | undefined;
  #tryingTimer: Timer | undefined;
  #retransmitName: InviteServerTimer | NonInviteServerTimer = 'G';
  #lifetimeName: InviteServerTimer | NonInviteServerTimer = 'H';
  #machine: InviteServer<string, SipMessage> | NonInviteServer<string> | undefined;
  #lastSent = '';
  #lastStatus = 0;
  /** Status of the response that was given to the machine, which drops what comes too late. */
  #pendingStatus = 0;
  #ended = false;

  constructor(port: ServerTransactionPort, request: SipMessage, source: Source) {
    this.#port = port;
    this.request = request;
    this.source = source;
  }

  get held(): boolean {
    return this.#machine === undefined;
  }

  get terminated(): boolean {
    return this.#ended;
  }

  /** Status of the last response that was sent, 0 when there was none. */
  get lastStatus(): number {
    return this.#lastStatus;
  }

  /** Waits for the script: an INVITE that takes long is answered with 100 meanwhile. */
  hold(): void {
    if (this.request.method !== 'INVITE') return;
    this.#tryingTimer = new Timer(this, TRYING);
    this.#port.clock.arm(this.#tryingTimer, TRYING_MS);
  }

  /** Lets a held transaction go: nothing of it remains. */
  release(): void {
    if (this.held) this.ended();
  }

  /** Turns a held request into a transaction. */
  begin(): void {
    if (!this.held || this.#ended) return;
    const reliable = this.source.protocol !== 'udp';
    const { timings } = this.#port;
    this.#machine = this.request.method === 'INVITE' ? new InviteServer(this, timings, reliable) : new NonInviteServer(this, timings, reliable);
    // The 100 of the held request goes out once more, so that the machine has something to answer retransmissions with.
    if (this.#lastStatus === 100) this.respond(100, this.#lastSent);
  }

  /** Sends a response through the machine, which keeps it for retransmissions. */
  respond(status: number, text: string): void {
    this.#stopTrying();
    this.#pendingStatus = status;
    this.#machine?.respond(status, text);
  }

  /** The same request came in again. */
  receiveRetransmission(): void {
    if (this.#machine !== undefined) this.#machine.receiveRetransmission();
    else if (this.#lastSent !== '') this.resend();
  }

  /** An ACK on the branch of this INVITE came in. False when it is not for the transaction: the ACK of a 2xx is the user's. */
  receiveAck(ack: SipMessage): boolean {
    const machine = this.#machine;
    if (machine instanceof InviteServer) {
      if (machine.state === 'accepted') return false;
      machine.receiveAck(ack);
    }
    return true;
  }

  /** Ends the transaction at once. */
  terminate(): void {
    if (this.#machine === undefined) this.ended();
    else this.#machine.terminate();
  }

  // What the machine asks for.

  sendResponse(text: string): void {
    const status = this.#pendingStatus;
    this.#lastStatus = status;
    // A 2xx to an INVITE is sent again by the callee alone (RFC 6026 §7.1).
    this.#lastSent = status >= 200 && status < 300 && this.request.method === 'INVITE' ? '' : text;
    this.#port.sendReply(text, this.request, this.source, this.forceRport);
    if (status < 200) return;
    if (this.request.method === 'INVITE') this.request.forgetParts();
    else if (this.#machine!.state === 'completed') this.#leaveAnswer(text);
  }

  resend(): void {
    this.#port.sendReply(this.#lastSent, this.request, this.source, this.forceRport);
  }

  /** An ACK to a 2xx is a request of its own (§13.2.2.4) and reaches the user as one. */
  passUpAck(): void {}

  passUpFailure(failure: TransactionFailure): void {
    this.user?.onTransactionFailure(failure);
  }

  startTimer(name: InviteServerTimer | NonInviteServerTimer, delayMs: number): void {
    if (isRetransmitTimer(name)) {
      this.#retransmitName = name;
      this.#port.clock.arm((this.#retransmitTimer ??= new Timer(this, RETRANSMIT)), delayMs);
    } else {
      this.#lifetimeName = name;
      this.#port.clock.arm(this.#lifetimeTimer, delayMs);
    }
  }

  stopTimer(name: InviteServerTimer | NonInviteServerTimer): void {
    const timer = isRetransmitTimer(name) ? this.#retransmitTimer : this.#lifetimeTimer;
    if (timer !== undefined) this.#port.clock.disarm(timer);
  }

  ended(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopTrying();
    this.#port.serverEnded(this);
    this.user?.onTransactionEnded();
  }

  onTimer(kind: number): void {
    try {
      if (kind === TRYING) this.#sendTrying();
      // The name was given by this very machine, whichever of the two it is.
      else (this.#machine as { timerFired(timer: string): void }).timerFired(kind === RETRANSMIT ? this.#retransmitName : this.#lifetimeName);
    } catch (thrown) {
      this.#port.defect(thrown, this.request);
    }
  }

  /** In `completed` nothing is left to do but to answer repetitions; for that the transaction is not needed. */
  #leaveAnswer(text: string): void {
    this.#port.keepAnswer(this.request, text, this.source, this.forceRport);
    this.#machine!.terminate();
  }

  #sendTrying(): void {
    if (this.#lastStatus !== 0) return;
    const text = buildReply(this.request, this.source, { status: 100, reason: 'Trying', toTag: '', forceRport: this.forceRport });
    this.#pendingStatus = 100;
    if (this.#machine === undefined) this.sendResponse(text);
    else this.#machine.respond(100, text);
  }

  #stopTrying(): void {
    if (this.#tryingTimer === undefined) return;
    this.#port.clock.disarm(this.#tryingTimer);
    this.#tryingTimer = undefined;
  }
}
