import type { TransactionPort } from './port.ts';
import type { TransactionTimings } from './timings.ts';

export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';
export type NonInviteServerTimer = 'J';

/** `R` is a response as the owner knows it; the machine hands it through unread. */
export interface NonInviteServerPort<R> extends TransactionPort<NonInviteServerTimer> {
  /** Sends this response and keeps its bytes for `resend`. */
  sendResponse(response: R): void;
}

/**
 * The server side of every request but INVITE and ACK. It comes to life with the request, which
 * the owner passes up itself.
 *
 *                ┌────────┐
 *   request ────►│ trying │ request again: absorbed
 *                └─┬───┬──┘
 *         1xx sent │   │
 *      ┌───────────▼┐  │ 2xx-6xx sent (from trying and from proceeding)
 *      │ proceeding │  │
 *      └────────────┘  │
 *      1xx from user: sent · request again: last 1xx again
 *      transport error: failure up ───────────────────────────────────────► terminated
 *                ┌─────▼─────┐ request again: response again
 *                │ completed │ transport error: failure up ───────────────► terminated
 *                └───────────┘ J fires ───────────────────────────────────► terminated
 *
 * J is zero on reliable transports. Nothing limits `trying` and `proceeding`; the user must answer
 * in the end, though after 64*T1 nobody waits for it (RFC 4320 §4.2: then no 408 is sent, the
 * user calls `terminate`).
 *
 * @rfc 3261 §17.2.2
 */
export class NonInviteServer<R> {
  readonly #port: NonInviteServerPort<R>;
  readonly #timings: TransactionTimings;
  readonly #reliable: boolean;
  #state: NonInviteServerState = 'trying';

  constructor(port: NonInviteServerPort<R>, timings: TransactionTimings, reliable: boolean) {
    this.#port = port;
    this.#timings = timings;
    this.#reliable = reliable;
  }

  get state(): NonInviteServerState {
    return this.#state;
  }

  /** The transaction user answers. Whatever follows a final response is dropped. */
  respond(status: number, response: R): void {
    switch (this.#state) {
      case 'trying':
      case 'proceeding':
        if (status < 200) this.#proceed(response);
        else this.#complete(response);
        return;
      case 'completed':
      case 'terminated':
        return;
    }
  }

  /** The request came in again. */
  receiveRetransmission(): void {
    switch (this.#state) {
      case 'proceeding':
      case 'completed':
        this.#port.resend();
        return;
      case 'trying':
      case 'terminated':
        return;
    }
  }

  timerFired(timer: NonInviteServerTimer): void {
    if (this.#state === 'completed' && timer === 'J') this.#end();
  }

  /** A response could not be delivered. */
  transportFailed(): void {
    if (this.#state !== 'proceeding' && this.#state !== 'completed') return;
    this.#stopTimers();
    this.#state = 'terminated';
    this.#port.passUpFailure('transport-error');
    this.#port.ended();
  }

  /** Ends the transaction without a word to its user. */
  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#stopTimers();
    this.#end();
  }

  #proceed(response: R): void {
    this.#state = 'proceeding';
    this.#port.sendResponse(response);
  }

  #complete(response: R): void {
    if (this.#reliable) {
      this.#state = 'terminated';
      this.#port.sendResponse(response);
      this.#port.ended();
      return;
    }
    this.#state = 'completed';
    this.#port.startTimer('J', this.#timings.timeoutMs);
    this.#port.sendResponse(response);
  }

  #end(): void {
    this.#state = 'terminated';
    this.#port.ended();
  }

  #stopTimers(): void {
    if (this.#state === 'completed') this.#port.stopTimer('J');
  }
}
