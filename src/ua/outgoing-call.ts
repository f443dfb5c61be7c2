import { randomHex } from '../base/ids.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { CallerAgent } from './caller-agent.ts';
import { CallLeg, type CallLegUser } from './call-leg.ts';
import type { IncomingOffer } from './incoming-offer.ts';
import { answerTo, descriptionOf } from './session-description.ts';

/** A call that a phone makes (RFC 3261 §13.2), as promises. */
export class OutgoingCall implements CallLegUser {
  /** Resolves at the first 180 or 183; stays open when the call ends without one. */
  readonly ringing: Promise<void>;
  /** Resolves with the status of the final response, 408 when there was none. */
  readonly ended: Promise<number>;
  /** Resolves when the other side has hung up after it was answered. */
  readonly wasHungUp: Promise<void>;
  /** Resolves when nothing of it will be sent or received any more. */
  readonly released: Promise<void>;
  readonly leg: CallLeg;
  /** Session description of the other side, as it is now; '' before there is one. */
  remoteDescription = '';
  readonly #description: string;
  #isAnswered = false;
  #isRinging: () => void = () => {};
  #isEnded: (status: number) => void = () => {};
  #isHungUp: () => void = () => {};
  #isReleased: () => void = () => {};

  /** @param parts.description offered, and answered to what the other side offers later */
  constructor(agent: CallerAgent, parts: { readonly uri: string; readonly from: string; readonly description: string }) {
    this.#description = parts.description;
    this.ringing = new Promise((resolve) => {
      this.#isRinging = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#isEnded = resolve;
    });
    this.wasHungUp = new Promise((resolve) => {
      this.#isHungUp = resolve;
    });
    this.released = new Promise((resolve) => {
      this.#isReleased = resolve;
    });
    const { uri, from, description } = parts;
    this.leg = new CallLeg(agent, { uri, from: `${from};tag=${randomHex(4)}`, to: `<${uri}>`, offer: description }, this);
  }

  get callId(): string {
    return this.leg.callId;
  }

  /** Gives up as long as nobody has answered (§9.1). An answer that is on its way is hung up. */
  cancel(): void {
    this.leg.end();
  }

  /** Ends the call after it was answered; resolves with the status of the BYE. */
  async hangUp(): Promise<number> {
    if (!this.#isAnswered) return 481;
    this.leg.end();
    await this.released;
    return this.leg.byeStatus;
  }

  // From the leg.

  onRinging(): void {
    this.#isRinging();
  }

  onAccepted(leg: CallLeg, response: SipMessage): void {
    this.#isAnswered = true;
    this.remoteDescription = descriptionOf(response);
    leg.acknowledge('');
    this.#isEnded(response.status);
  }

  onRefused(_leg: CallLeg, status: number): void {
    this.#isEnded(status);
  }

  onHungUp(): void {
    this.#isHungUp();
  }

  onOffer(leg: CallLeg, offer: IncomingOffer): void {
    if (offer.description !== '') this.remoteDescription = offer.description;
    leg.accept(offer, answerTo(offer.description, this.#description));
  }

  onOfferAcknowledged(_leg: CallLeg, description: string): void {
    if (description !== '') this.remoteDescription = description;
  }

  onReleased(leg: CallLeg): void {
    this.#isEnded(leg.finalStatus);
    this.#isReleased();
  }
}
