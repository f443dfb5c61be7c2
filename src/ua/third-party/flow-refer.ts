import { HELD_OFFER } from '../session-description.ts';
import { FlowIv } from './flow-iv.ts';
import type { Accepted, Flow, FlowPort } from './flow.ts';
import type { Party } from './plan.ts';

type State = 'idle' | 'ringing-caller' | 'asking' | 'transferring' | 'done';

/**
 * The caller's phone is asked to make the call itself (RFC 3515), as `dlg_bridge` of Kamailio does.
 *
 * ```
 *      caller                 service                 callee
 *        │◄─ INVITE, on hold ────┤                       │
 *        ├── 200 ───────────────►│                       │
 *        │◄──────────────── ACK ─┤                       │
 *        │◄─ REFER to callee ────┤                       │
 *        ├── 202 ───────────────►│                       │
 *        ├── INVITE, a call of its own ─────────────────►│
 *        ├── NOTIFY 180, 200 ───►│                       │
 *        │◄──────────────── BYE ─┤                       │
 * ```
 *
 * After that the call is the phones' own, so `ended` follows `connected` at once. A phone that does not
 * take REFER is connected by re-INVITE (RFC 3725 §4.2, flow II).
 */
export class FlowRefer implements Flow {
  readonly #port: FlowPort;
  #state: State = 'idle';

  constructor(port: FlowPort) {
    this.#port = port;
  }

  start(): void {
    this.#state = 'ringing-caller';
    this.#port.invite('caller', HELD_OFFER);
  }

  accepted(_party: Party, { takesRefer }: Accepted): void {
    if (this.#state !== 'ringing-caller') return;
    this.#port.acknowledge('caller', '');
    this.#port.answered();
    if (!takesRefer) {
      this.#bridge();
      return;
    }
    this.#state = 'asking';
    this.#port.refer();
  }

  refused(party: Party, status: number): void {
    this.#port.failed(party, status);
  }

  referred(status: number): void {
    if (this.#state !== 'asking') return;
    if (status < 300) this.#state = 'transferring';
    else if (status === 405 || status === 501) this.#bridge();
    else this.#port.failed('caller', status, 'refused');
  }

  /** A NOTIFY may overtake the 202. */
  notified(status: number, isLast: boolean): void {
    if (this.#state !== 'transferring' && this.#state !== 'asking') return;
    if (status >= 300) {
      this.#state = 'done';
      this.#port.failed('callee', status);
    } else if (status >= 200 || isLast) {
      // Some phones end the subscription at once: what becomes of their call they will not tell.
      this.#state = 'done';
      this.#port.connected();
      this.#port.left();
    }
  }

  /** Some phones hang up as soon as they make the call that they were asked for, and go on to tell of it (RFC 5057 §4.2). */
  hungUp(): boolean {
    return this.#state === 'transferring';
  }

  #bridge(): void {
    this.#state = 'done';
    const bridge = new FlowIv(this.#port);
    this.#port.become(bridge);
    bridge.ringCallee();
  }
}
