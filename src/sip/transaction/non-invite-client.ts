import type { TransactionFailure, TransactionPort } from './port.ts';
import type { TransactionTimings } from './timings.ts';

export type NonInviteClientState = 'idle' | 'trying' | 'proceeding' | 'completed' | 'terminated';
export type NonInviteClientTimer = 'E' | 'F' | 'K';

/** `R` is a response as the owner knows it; the machine hands it through unread. */
export interface NonInviteClientPort<R> extends TransactionPort<NonInviteClientTimer> {
  /** Sends the request for the first time. */
  sendRequest(): void;
  /** Gives the response to the transaction user. */
  passUp(status: number, response: R): void;
}

/**
 * The client side of every request but INVITE and ACK.
 *
 *               ┌────────┐ E fires: request again, E doubled up to T2
 *   start ─────►│ trying │ F fires, transport error: failure up ───────► terminated
 *   request     └─┬───┬──┘
 *          1xx up │   │
 *     ┌───────────▼┐  │ 2xx-6xx up (from trying and from proceeding)
 *     │ proceeding │  │
 *     └────────────┘  │
 *     1xx up          │
 *     E fires: request again, E is T2
 *     F fires, transport error: failure up ─────────────────────────────► terminated
 *               ┌─────▼─────┐
 *               │ completed │ responses: absorbed
 *               └───────────┘ K fires ──────────────────────────────────► terminated
 *
 * E runs on unreliable transports only; K is zero on reliable ones.
 *
 * @rfc 3261 §17.1.2
 */
export class NonInviteClient<R> {
  readonly #port: NonInviteClientPort<R>;
  readonly #timings: TransactionTimings;
  readonly #reliable: boolean;
  #state: NonInviteClientState = 'idle';
  #intervalMs: number;

  constructor(port: NonInviteClientPort<R>, timings: TransactionTimings, reliable: boolean) {
    this.#port = port;
    this.#timings = timings;
    this.#reliable = reliable;
    this.#intervalMs = timings.t1Ms;
  }

  get state(): NonInviteClientState {
    return this.#state;
  }

  /** Sends the request; everything else is ignored before it. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'trying';
    if (!this.#reliable) this.#port.startTimer('E', this.#intervalMs);
    this.#port.startTimer('F', this.#timings.timeoutMs);
    this.#port.sendRequest();
  }

  /** A response that matches this transaction came in. `status` is 100 to 699. */
  receive(status: number, response: R): void {
    switch (this.#state) {
      case 'trying':
      case 'proceeding':
        if (status < 200) this.#proceed(status, response);
        else this.#complete(status, response);
        return;
      case 'idle':
      case 'completed':
      case 'terminated':
        return;
    }
  }

  timerFired(timer: NonInviteClientTimer): void {
    switch (this.#state) {
      case 'trying':
      case 'proceeding':
        if (timer === 'E') this.#retransmit();
        else if (timer === 'F') this.#timeOut();
        return;
      case 'completed':
        if (timer === 'K') this.#end();
        return;
      case 'idle':
      case 'terminated':
        return;
    }
  }

  /** What was sent last could not be delivered. */
  transportFailed(): void {
    if (this.#state !== 'trying' && this.#state !== 'proceeding') return;
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
    const { t2Ms } = this.#timings;
    this.#intervalMs = this.#state === 'proceeding' ? t2Ms : Math.min(2 * this.#intervalMs, t2Ms);
    this.#port.startTimer('E', this.#intervalMs);
    this.#port.resend();
  }

  #timeOut(): void {
    if (!this.#reliable) this.#port.stopTimer('E');
    this.#fail('timeout');
  }

  /** E runs on, as the request may yet be needed again; the slower pace begins when it next fires. */
  #proceed(status: number, response: R): void {
    this.#state = 'proceeding';
    this.#port.passUp(status, response);
  }

  #complete(status: number, response: R): void {
    this.#stopTimers();
    if (this.#reliable) {
      this.#state = 'terminated';
      this.#port.passUp(status, response);
      this.#port.ended();
      return;
    }
    this.#state = 'completed';
    this.#port.startTimer('K', this.#timings.t4Ms);
    this.#port.passUp(status, response);
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
      case 'trying':
      case 'proceeding':
        if (!this.#reliable) this.#port.stopTimer('E');
        this.#port.stopTimer('F');
        return;
      case 'completed':
        this.#port.stopTimer('K');
        return;
      case 'idle':
      case 'terminated':
        return;
    }
  }
}
