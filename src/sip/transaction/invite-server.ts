import type { TransactionPort } from './port.ts';
import type { TransactionTimings } from './timings.ts';

export type InviteServerState = 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated';
export type InviteServerTimer = 'G' | 'H' | 'I' | 'L';

/** `R` is a response and `A` an ACK as the owner knows them; the machine hands both through unread. */
export interface InviteServerPort<R, A> extends TransactionPort<InviteServerTimer> {
  /** Sends this response and keeps its bytes for `resend`. */
  sendResponse(response: R): void;
  /** Gives the ACK of a 2xx to the transaction user. */
  passUpAck(ack: A): void;
}

/**
 * The server side of an INVITE. It comes to life with the INVITE, which the owner passes up itself;
 * so is the 100 that has to follow within 200 ms (§17.2.1) the owner's, a response like any other.
 *
 *               ┌────────────┐ 1xx from user: sent
 *   INVITE ────►│ proceeding │ INVITE again: last 1xx again, if there was one
 *               └──┬──────┬──┘ transport error: failure up
 *     3xx-6xx sent │      │ 2xx sent
 *          ┌───────▼───┐  │       ┌──────────┐ 2xx from user: sent
 *          │ completed │  └──────►│ accepted │ INVITE again: absorbed · ACK: up
 *          └───┬───────┘          └──────────┘ transport error: failure up
 *              │ INVITE again, G fires:        L fires ────────────────────► terminated
 *              │ response again, G doubled up to T2
 *              │ transport error: failure up
 *              │ H fires: failure up ──────────────────────────────────────► terminated
 *          ACK │
 *          ┌───▼───────┐
 *          │ confirmed │ everything: absorbed
 *          └───────────┘ I fires ──────────────────────────────────────────► terminated
 *
 * G runs on unreliable transports only; I is zero on reliable ones. H and L run on all: H since a
 * peer may never acknowledge, L since the 2xx of other forks may follow. A response that could not
 * be sent ends nothing (RFC 6026 §7.1): the request must still be recognised when it comes again,
 * and the timers end the transaction. Nothing limits `proceeding`; the user must answer in the end.
 *
 * @rfc 3261 §17.2.1
 * @rfc 6026 §7.1, §8.7
 */
export class InviteServer<R, A> {
  readonly #port: InviteServerPort<R, A>;
  readonly #timings: TransactionTimings;
  readonly #reliable: boolean;
  #state: InviteServerState = 'proceeding';
  #provisionalSent = false;
  #intervalMs: number;

  constructor(port: InviteServerPort<R, A>, timings: TransactionTimings, reliable: boolean) {
    this.#port = port;
    this.#timings = timings;
    this.#reliable = reliable;
    this.#intervalMs = timings.t1Ms;
  }

  get state(): InviteServerState {
    return this.#state;
  }

  /** The transaction user answers. What comes too late for the state, like a 180 after the 486, is dropped. */
  respond(status: number, response: R): void {
    switch (this.#state) {
      case 'proceeding':
        if (status < 200) this.#proceed(response);
        else if (status < 300) this.#accept(response);
        else this.#complete(response);
        return;
      case 'accepted':
        if (status >= 200 && status < 300) this.#port.sendResponse(response);
        return;
      case 'completed':
      case 'confirmed':
      case 'terminated':
        return;
    }
  }

  /** The INVITE came in again. */
  receiveRetransmission(): void {
    switch (this.#state) {
      case 'proceeding':
        if (this.#provisionalSent) this.#port.resend();
        return;
      case 'completed':
        this.#port.resend();
        return;
      case 'accepted':
      case 'confirmed':
      case 'terminated':
        return;
    }
  }

  /** An ACK that matches this transaction came in (§17.2.3). */
  receiveAck(ack: A): void {
    switch (this.#state) {
      case 'completed':
        this.#confirm();
        return;
      case 'accepted':
        this.#port.passUpAck(ack);
        return;
      case 'proceeding':
      case 'confirmed':
      case 'terminated':
        return;
    }
  }

  timerFired(timer: InviteServerTimer): void {
    switch (this.#state) {
      case 'completed':
        if (timer === 'G') this.#retransmit();
        else if (timer === 'H') this.#timeOut();
        return;
      case 'confirmed':
        if (timer === 'I') this.#end();
        return;
      case 'accepted':
        if (timer === 'L') this.#end();
        return;
      case 'proceeding':
      case 'terminated':
        return;
    }
  }

  /** A response could not be delivered. The user is told, the state stays as it is. */
  transportFailed(): void {
    switch (this.#state) {
      case 'proceeding':
      case 'completed':
      case 'accepted':
        this.#port.passUpFailure('transport-error');
        return;
      case 'confirmed':
      case 'terminated':
        return;
    }
  }

  /** Ends the transaction without a word to its user. */
  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#stopTimers();
    this.#end();
  }

  #proceed(response: R): void {
    this.#provisionalSent = true;
    this.#port.sendResponse(response);
  }

  #accept(response: R): void {
    this.#state = 'accepted';
    this.#port.startTimer('L', this.#timings.timeoutMs);
    this.#port.sendResponse(response);
  }

  #complete(response: R): void {
    this.#state = 'completed';
    if (!this.#reliable) this.#port.startTimer('G', this.#intervalMs);
    this.#port.startTimer('H', this.#timings.timeoutMs);
    this.#port.sendResponse(response);
  }

  #retransmit(): void {
    this.#intervalMs = Math.min(2 * this.#intervalMs, this.#timings.t2Ms);
    this.#port.startTimer('G', this.#intervalMs);
    this.#port.resend();
  }

  #confirm(): void {
    this.#stopTimers();
    if (this.#reliable) {
      this.#end();
      return;
    }
    this.#state = 'confirmed';
    this.#port.startTimer('I', this.#timings.t4Ms);
  }

  #timeOut(): void {
    if (!this.#reliable) this.#port.stopTimer('G');
    this.#state = 'terminated';
    this.#port.passUpFailure('timeout');
    this.#port.ended();
  }

  #end(): void {
    this.#state = 'terminated';
    this.#port.ended();
  }

  #stopTimers(): void {
    switch (this.#state) {
      case 'completed':
        if (!this.#reliable) this.#port.stopTimer('G');
        this.#port.stopTimer('H');
        return;
      case 'confirmed':
        this.#port.stopTimer('I');
        return;
      case 'accepted':
        this.#port.stopTimer('L');
        return;
      case 'proceeding':
      case 'terminated':
        return;
    }
  }
}
