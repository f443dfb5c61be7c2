import type { TransactionFailure, TransactionPort } from './port.ts';
import type { TransactionTimings } from './timings.ts';

export type InviteClientState = 'idle' | 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';
export type InviteClientTimer = 'A' | 'B' | 'D' | 'M';

/** `R` is a response as the owner knows it; the machine hands it through unread. */
export interface InviteClientPort<R> extends TransactionPort<InviteClientTimer> {
  /** Sends the INVITE for the first time. */
  sendRequest(): void;
  /** Builds the ACK to this failure (§17.1.1.3) and sends it. */
  sendAck(response: R): void;
  /** Gives the response to the transaction user. */
  passUp(status: number, response: R): void;
}

/**
 * The client side of an INVITE, for a user agent and for each branch of a proxy.
 *
 *               ┌─────────┐ A fires: INVITE again, A doubled
 *   start ─────►│ calling │ B fires, transport error: failure up ─────► terminated
 *   INVITE      └─┬──┬──┬─┘
 *          1xx up │  │  │ 2xx up              ┌──────────┐ 2xx up
 *                 │  │  └────────────────────►│ accepted │ M fires ────► terminated
 *      ┌──────────▼─┐│        2xx up          └──▲───────┘
 *      │ proceeding ├────────────────────────────┘
 *      └────┬───────┘│
 *    1xx up └──►     │ 3xx-6xx: ACK, up (from calling and from proceeding)
 *               ┌────▼──────┐ 3xx-6xx: ACK again
 *               │ completed │ D fires ──────────────────────────────────► terminated
 *               └───────────┘ transport error: failure up ──────────────► terminated
 *
 * A runs on unreliable transports only; D is zero on reliable ones. Nothing limits `proceeding`:
 * that is timer C of the proxy or the patience of the user, who cancels and, if that has no
 * effect, calls `terminate` (§9.1). Whatever the figure does not name is dropped.
 *
 * @rfc 3261 §17.1.1
 * @rfc 6026 §7.2, §8.4
 */
export class InviteClient<R> {
  readonly #port: InviteClientPort<R>;
  readonly #timings: TransactionTimings;
  readonly #reliable: boolean;
  #state: InviteClientState = 'idle';
  #intervalMs: number;

  constructor(port: InviteClientPort<R>, timings: TransactionTimings, reliable: boolean) {
    this.#port = port;
    this.#timings = timings;
    this.#reliable = reliable;
    this.#intervalMs = timings.t1Ms;
  }

  /** A CANCEL may be sent in `proceeding` only (§9.1). */
  get state(): InviteClientState {
    return this.#state;
  }

  /** Sends the INVITE; everything else is ignored before it. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'calling';
    if (!this.#reliable) this.#port.startTimer('A', this.#intervalMs);
    this.#port.startTimer('B', this.#timings.timeoutMs);
    this.#port.sendRequest();
  }

  /** A response that matches this transaction came in. `status` is 100 to 699. */
  receive(status: number, response: R): void {
    switch (this.#state) {
      case 'calling':
      case 'proceeding':
        if (status < 200) this.#proceed(status, response);
        else if (status < 300) this.#accept(status, response);
        else this.#complete(status, response);
        return;
      case 'completed':
        if (status >= 300) this.#port.resend();
        return;
      case 'accepted':
        // Repetitions, and the 2xx of other forks: each has to reach the user, who acknowledges it.
        if (status >= 200 && status < 300) this.#port.passUp(status, response);
        return;
      case 'idle':
      case 'terminated':
        return;
    }
  }

  timerFired(timer: InviteClientTimer): void {
    switch (this.#state) {
      case 'calling':
        if (timer === 'A') this.#retransmit();
        else if (timer === 'B') this.#timeOut();
        return;
      case 'completed':
        if (timer === 'D') this.#end();
        return;
      case 'accepted':
        if (timer === 'M') this.#end();
        return;
      case 'idle':
      case 'proceeding':
      case 'terminated':
        return;
    }
  }

  /**
   * What was sent last could not be delivered. Ignored once a provisional or a 2xx has come: the
   * INVITE did arrive, and the transaction has nothing more to send.
   */
  transportFailed(): void {
    if (this.#state !== 'calling' && this.#state !== 'completed') return;
    this.#stopTimers();
    this.#fail('transport-error');
  }

  /** Ends the transaction without a word to its user. */
  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#stopTimers();
    this.#end();
  }

  #retransmit(): void {
    this.#intervalMs *= 2;
    this.#port.startTimer('A', this.#intervalMs);
    this.#port.resend();
  }

  #timeOut(): void {
    if (!this.#reliable) this.#port.stopTimer('A');
    this.#fail('timeout');
  }

  #proceed(status: number, response: R): void {
    this.#stopTimers();
    this.#state = 'proceeding';
    this.#port.passUp(status, response);
  }

  #accept(status: number, response: R): void {
    this.#stopTimers();
    this.#state = 'accepted';
    this.#port.startTimer('M', this.#timings.timeoutMs);
    this.#port.passUp(status, response);
  }

  #complete(status: number, response: R): void {
    this.#stopTimers();
    if (this.#reliable) {
      this.#state = 'terminated';
      this.#port.sendAck(response);
      this.#port.passUp(status, response);
      this.#port.ended();
      return;
    }
    this.#state = 'completed';
    this.#port.startTimer('D', this.#timings.timerDMs);
    this.#port.sendAck(response);
    // Unless the owner found out while sending that the peer is gone: then the user knows already.
    if (this.#state === 'completed') this.#port.passUp(status, response);
  }

  #fail(failure: TransactionFailure): void {
    this.#state = 'terminated';
    this.#port.passUpFailure(failure);
    this.#port.ended();
  }

  #end(): void {
    this.#state = 'terminated';
    this.#port.ended();
  }

  #stopTimers(): void {
    switch (this.#state) {
      case 'calling':
        if (!this.#reliable) this.#port.stopTimer('A');
        this.#port.stopTimer('B');
        return;
      case 'completed':
        this.#port.stopTimer('D');
        return;
      case 'accepted':
        this.#port.stopTimer('M');
        return;
      case 'idle':
      case 'proceeding':
      case 'terminated':
        return;
    }
  }
}
