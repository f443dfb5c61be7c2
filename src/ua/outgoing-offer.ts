import { randomHex } from '../base/ids.ts';
import { Timer, type TimerOwner } from '../base/timer-wheel.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { CallerAgent } from './caller-agent.ts';
import type { Dialog } from './dialog.ts';

/** Whoever waits for what becomes of a re-INVITE of ours. */
export interface OutgoingOfferUser {
  /** Its first 2xx, which wants an ACK; also when it came after `stop`. */
  onAccepted(response: SipMessage): void;
  /** A final failure: the session stays as it was. */
  onRefused(status: number): void;
  /** The 2xx came again. */
  onRepeated(cseq: number): void;
  /** The other side does not know the dialog any more, or does not answer. */
  onLost(status: number): void;
}

export interface OutgoingOfferParts {
  /** Whole header lines, each with its CRLF. */
  readonly headers: string;
  /** Session description; '' asks for an offer. */
  readonly description: string;
  /** After a 491 it is sent again, later; else the 491 is told as any failure. */
  readonly isPatient: boolean;
}

const GUARD = 0;
const GLARE = 1;
/** How often it is sent again after a 491. */
const MAX_GLARES = 5;

/** A re-INVITE that we send (RFC 3261 §14.1), until its final response. */
export class OutgoingOffer implements TimerOwner {
  readonly #agent: CallerAgent;
  readonly #dialog: Dialog;
  readonly #parts: OutgoingOfferParts;
  readonly #user: OutgoingOfferUser;
  readonly #guard = new Timer(this, GUARD);
  readonly #glare = new Timer(this, GLARE);
  #glares = 0;
  #isStopped = false;

  /** Sends it. */
  constructor(agent: CallerAgent, dialog: Dialog, parts: OutgoingOfferParts, user: OutgoingOfferUser) {
    this.#agent = agent;
    this.#dialog = dialog;
    this.#parts = parts;
    this.#user = user;
    this.#send();
  }

  /** It is not sent again, and nobody waits for its failure any more. */
  stop(): void {
    this.#isStopped = true;
    this.#agent.clock.disarm(this.#guard);
    this.#agent.clock.disarm(this.#glare);
  }

  onTimer(kind: number): void {
    if (kind === GLARE) this.#send();
    else this.#user.onLost(408);
  }

  #send(): void {
    const { headers, description } = this.#parts;
    const type = description === '' ? '' : 'Content-Type: application/sdp\r\n';
    let isAnswered = false;
    this.#agent.sendInDialog(
      this.#dialog,
      { method: 'INVITE', headers: headers + type, body: description },
      (response) => {
        if (response.status < 200) return;
        if (isAnswered) {
          this.#user.onRepeated(response.cseq!.number);
          return;
        }
        isAnswered = true;
        this.#receiveFinal(response);
      },
      () => this.#user.onLost(408),
    );
    // A phone that never answers a re-INVITE has gone; the transaction alone would wait as long as it rings.
    this.#agent.clock.arm(this.#guard, this.#agent.timings.timeoutMs);
  }

  #receiveFinal(response: SipMessage): void {
    const { status } = response;
    this.#agent.clock.disarm(this.#guard);
    if (status < 300) {
      this.#user.onAccepted(response);
    } else if (this.#isStopped) {
      return;
    } else if (status === 481 || status === 408) {
      this.#user.onLost(status);
    } else if (status === 491 && this.#parts.isPatient && this.#glares < MAX_GLARES) {
      this.#glares += 1;
      // We own the Call-ID, so we wait the longer of the two times (§14.1), in steps of 10 ms.
      this.#agent.clock.arm(this.#glare, 2100 + 10 * (Number.parseInt(randomHex(2), 16) % 191));
    } else {
      this.#user.onRefused(status);
    }
  }
}
