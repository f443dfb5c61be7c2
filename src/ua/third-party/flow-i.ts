import { hasMedia } from '../session-description.ts';
import type { Accepted, Flow, FlowPort } from './flow.ts';
import type { Party } from './plan.ts';

type State = 'idle' | 'ringing-caller' | 'asking-caller' | 'ringing-callee' | 'done';

/**
 * Flow I of RFC 3725 §4.1: the caller's phone makes the offer, the callee's answers it.
 *
 * ```
 *      caller                 service                 callee
 *        │◄─ INVITE, no offer ───┤                       │
 *        ├── 200, offer 1 ──────►│                       │
 *        │                       ├─ INVITE, offer 1 ────►│
 *        │                       │◄────── 200, answer 1 ─┤
 *        │                       ├─ ACK ────────────────►│
 *        │◄─────── ACK, answer 1 ┤                       │
 *        │◄════════════════ media between the two ══════►│
 * ```
 *
 * Every phone can do it. But the caller's 2xx waits for its ACK until the callee answers, and after
 * 64*T1 without one the phone gives up: so long and no longer may the callee's phones ring.
 */
export class FlowI implements Flow {
  readonly #port: FlowPort;
  readonly #limitMs: number;
  #state: State = 'idle';

  /** @param limitMs how long the callee's phones may ring */
  constructor(port: FlowPort, limitMs: number) {
    this.#port = port;
    this.#limitMs = limitMs;
  }

  /** With a caller whose INVITE is answered and acknowledged: he is asked for an offer by a re-INVITE. It begins at once. */
  static withAnsweredCaller(port: FlowPort, limitMs: number): FlowI {
    const flow = new FlowI(port, limitMs);
    flow.#state = 'asking-caller';
    port.reinvite('caller', '');
    return flow;
  }

  start(): void {
    this.#state = 'ringing-caller';
    this.#port.invite('caller', '');
  }

  accepted(_party: Party, { description }: Accepted): void {
    switch (this.#state) {
      case 'ringing-caller':
        this.#port.answered();
        this.#ringCallee(description);
        return;
      case 'asking-caller':
        this.#ringCallee(description);
        return;
      case 'ringing-callee':
        this.#connect(description);
        return;
      case 'idle':
      case 'done':
        return;
    }
  }

  refused(party: Party, status: number): void {
    this.#port.failed(party, status);
  }

  #ringCallee(offer: string): void {
    if (!hasMedia(offer)) {
      this.#port.failed('caller', 0, 'media');
      return;
    }
    this.#state = 'ringing-callee';
    this.#port.invite('callee', offer, this.#limitMs);
  }

  #connect(answer: string): void {
    this.#port.acknowledge('callee', '');
    if (!hasMedia(answer)) {
      this.#port.failed('callee', 0, 'media');
      return;
    }
    this.#state = 'done';
    this.#port.acknowledge('caller', answer);
    this.#port.connected();
  }
}
