import type { CallLeg } from '../call-leg.ts';
import type { IncomingOffer } from '../incoming-offer.ts';
import type { SessionOrigin } from '../session-origin.ts';

interface End {
  readonly leg: CallLeg;
  readonly origin: SessionOrigin;
}

/** Failures that tell the phone something it can act on; all others are "not acceptable". */
const PASSED_ON: Readonly<Record<number, string>> = { 415: 'Unsupported Media Type', 488: 'Not Acceptable Here', 491: 'Request Pending', 606: 'Not Acceptable' };

/**
 * A re-INVITE of one phone, such as for hold, on its way to the other (RFC 3261 §14, RFC 3725 §7):
 *
 * ```
 *  with an offer                           without one
 *  from │        service        │ to       from │        service        │ to
 *       ├ INVITE, offer ───────►│               ├ INVITE ──────────────►│
 *       │◄───────── 200, answer ┤               │◄────────── 200, offer ┤
 *       ├ ACK ──► (ours is sent │               ├ ACK, answer ─────────►│
 *       │         with the 200) │
 * ```
 */
export class Renegotiation {
  readonly #offer: IncomingOffer;
  readonly #from: End;
  readonly #to: End;

  /** Sends it on. */
  constructor({ offer, from, to }: { readonly offer: IncomingOffer; readonly from: End; readonly to: End }) {
    this.#offer = offer;
    this.#from = from;
    this.#to = to;
    to.leg.reinvite(to.origin.own(offer.description), false);
  }

  /** The other side took it. True while the ACK of the first is waited for, with the answer in it. */
  accepted(description: string): boolean {
    const asksForOffer = this.#offer.description === '';
    if (!asksForOffer || description === '') this.#to.leg.acknowledge('');
    if (description === '') {
      this.#offer.refuse(488, 'Not Acceptable Here');
      return false;
    }
    this.#from.leg.accept(this.#offer, this.#from.origin.own(description));
    return asksForOffer;
  }

  refused(status: number): void {
    this.#offer.refuse(status in PASSED_ON ? status : 488, PASSED_ON[status] ?? 'Not Acceptable Here');
  }

  /** The ACK of the first has come, with the answer to the offer of the other. */
  acknowledged(answer: string): void {
    this.#to.leg.acknowledge(this.#to.origin.own(answer));
  }
}
