import { hasMedia, MEDIALESS_OFFER } from '../session-description.ts';
import { FlowI } from './flow-i.ts';
import type { Accepted, Flow, FlowPort } from './flow.ts';
import type { Party } from './plan.ts';

/** With these a phone says that it cannot make anything of an offer without media. */
const OFFER_REFUSED: ReadonlySet<number> = new Set([400, 415, 488, 500, 606]);

type State = 'idle' | 'ringing-caller' | 'ringing-callee' | 'offering' | 'done';

/**
 * Flow IV of RFC 3725 §4.4: the caller is rung with an offer without media lines, so that the callee may
 * take as long as he likes to answer.
 *
 * ```
 *      caller                 service                 callee
 *        │◄─ INVITE, no media ───┤                       │
 *        ├── 200 ───────────────►│                       │
 *        │◄──────────────── ACK ─┤                       │
 *        │                       ├─ INVITE, no offer ───►│
 *        │                       │◄─────── 200, offer 2 ─┤
 *        │◄─ INVITE, offer 2' ───┤                       │
 *        ├── 200, answer 2' ────►│                       │
 *        │◄──────────────── ACK ─┤                       │
 *        │                       ├─ ACK, answer 2 ──────►│
 *        │◄════════════════ media between the two ══════►│
 * ```
 *
 * From its second half on it is flow II too (§4.2), where the caller was rung with an offer on hold.
 */
export class FlowIv implements Flow {
  readonly #port: FlowPort;
  readonly #fallBack: { readonly limitMs: number } | undefined;
  #state: State = 'idle';

  /** @param fallBack goes on by flow I, with this limit for the callee's phones, when a phone cannot do this; undefined lets the call fail */
  constructor(port: FlowPort, fallBack?: { readonly limitMs: number }) {
    this.#port = port;
    this.#fallBack = fallBack;
  }

  start(): void {
    this.#state = 'ringing-caller';
    this.#port.invite('caller', MEDIALESS_OFFER);
  }

  /** The second half: the caller has answered. */
  ringCallee(): void {
    this.#state = 'ringing-callee';
    this.#port.invite('callee', '');
  }

  accepted(party: Party, { description }: Accepted): void {
    switch (this.#state) {
      case 'ringing-caller':
        this.#port.acknowledge('caller', '');
        this.#port.answered();
        // An answer has as many media lines as its offer (RFC 3264 §6). This phone has not understood: it is asked what it can do.
        if (this.#fallBack !== undefined && (description === '' || hasMedia(description))) this.#port.become(FlowI.withAnsweredCaller(this.#port, this.#fallBack.limitMs));
        else this.ringCallee();
        return;
      case 'ringing-callee':
        this.#offer(description);
        return;
      case 'offering':
        if (party === 'caller') this.#connect(description);
        return;
      case 'idle':
      case 'done':
        return;
    }
  }

  refused(party: Party, status: number): void {
    if (this.#state === 'ringing-caller' && this.#fallBack !== undefined && OFFER_REFUSED.has(status)) {
      const next = new FlowI(this.#port, this.#fallBack.limitMs);
      this.#port.become(next);
      next.start();
      return;
    }
    this.#port.failed(party, status);
  }

  #offer(description: string): void {
    if (!hasMedia(description)) {
      this.#port.failed('callee', 0, 'media');
      return;
    }
    this.#state = 'offering';
    this.#port.reinvite('caller', description);
  }

  #connect(description: string): void {
    this.#port.acknowledge('caller', '');
    if (!hasMedia(description)) {
      this.#port.failed('caller', 0, 'media');
      return;
    }
    this.#state = 'done';
    this.#port.acknowledge('callee', description);
    this.#port.connected();
  }
}
