import { randomHex } from '../base/ids.ts';
import { Timer, type TimerOwner } from '../base/timer-wheel.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { CallerAgent, InDialogParts } from './caller-agent.ts';
import { Dialog, NO_SUCH_CALL } from './dialog.ts';
import { ForkedAnswers } from './forked-answers.ts';
import { IncomingOffer } from './incoming-offer.ts';
import { answerRequest } from './invite-answer.ts';
import { OutgoingOffer } from './outgoing-offer.ts';
import { descriptionOf } from './session-description.ts';

/** Whoever conducts a call. Nothing is told any more once the leg was ended. */
export interface CallLegUser {
  /** A provisional response beyond 100. */
  onRinging(leg: CallLeg, status: number): void;
  /** The 2xx of the INVITE or of the last re-INVITE, once: it waits for `acknowledge`. */
  onAccepted(leg: CallLeg, response: SipMessage): void;
  /** The final failure of the INVITE, which ends the leg, or of the last re-INVITE, which leaves it as it was; 408 when nothing came. */
  onRefused(leg: CallLeg, status: number): void;
  /** The other side has ended it, or is not there any more (then with the status that told so). */
  onHungUp(leg: CallLeg, status: number): void;
  /** A re-INVITE came in; answer it now or later. */
  onOffer?(leg: CallLeg, offer: IncomingOffer): void;
  /** It was taken, and its ACK is there. */
  onOfferAcknowledged?(leg: CallLeg, description: string): void;
  /** INFO, or NOTIFY, which may come after the BYE: what a REFER began outlives the call. Answer it now or later. */
  onRequest?(leg: CallLeg, transaction: ServerTransaction): void;
  /** The leg is over and done with: it will send nothing any more. */
  onReleased?(leg: CallLeg): void;
}

/** What the INVITE says. */
export interface InviteParts {
  readonly uri: string;
  /** Values of From, with its tag, and To. */
  readonly from: string;
  readonly to: string;
  /** Whole header lines, each with its CRLF. */
  readonly headers?: string;
  /** The offer; '' asks the other side for one. */
  readonly offer: string;
}

/** What a leg takes in its dialog; UPDATE is not among it, so phones renegotiate by re-INVITE, which can be handed on. */
export const ALLOW = 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY\r\n';

type State =
  | 'calling' // INVITE sent
  | 'accepted' // a 2xx waits for its ACK
  | 'confirmed'
  | 'offering' // re-INVITE sent, or waiting to be sent again after a glare
  | 'leaving' // BYE sent, or the INVITE given up
  | 'over';

/**
 * A call that we make (RFC 3261 §13.2), from its INVITE to its BYE, re-INVITEs of both sides included.
 *
 * ```
 *           2xx            acknowledge              reinvite
 *  calling ─────► accepted ───────────► confirmed ◄──────────► offering
 *     │                                     │        failure      │ 2xx: accepted
 *     │ end: CANCEL                         │ end: BYE            │ end: BYE
 *     └───────────────► leaving ◄───────────┴─────────────────────┘
 * ```
 */
export class CallLeg implements TimerOwner {
  readonly callId = randomHex(16);
  readonly #agent: CallerAgent;
  readonly #user: CallLegUser;
  readonly #parts: InviteParts;
  readonly #forks: ForkedAnswers;
  /** Of an INVITE that was given up. */
  readonly #guard = new Timer(this);
  #state: State = 'calling';
  #transaction: ClientTransaction;
  #challengesAnswered = 0;
  #dialog: Dialog | undefined;
  /** CSeq of the INVITE or re-INVITE whose 2xx waits for its ACK. */
  #acceptedCSeq = 0;
  /** The last ACK, to be sent again for each repetition of its 2xx. */
  #acknowledged = { cseq: -1, answer: '' };
  #outgoing: OutgoingOffer | undefined;
  #incoming: IncomingOffer | undefined;
  #hasRung = false;
  #finalStatus = 0;
  #byeStatus = 0;

  constructor(agent: CallerAgent, parts: InviteParts, user: CallLegUser) {
    this.#agent = agent;
    this.#parts = parts;
    this.#user = user;
    this.#forks = new ForkedAnswers(agent);
    this.#transaction = this.#invite('');
  }

  /** Status of the final response to the INVITE, 408 when there was none; 0 before. */
  get finalStatus(): number {
    return this.#finalStatus;
  }

  /** Status of the response to our BYE, 408 when there was none; 0 when we have not sent one, or wait for it. */
  get byeStatus(): number {
    return this.#byeStatus;
  }

  get isOver(): boolean {
    return this.#state === 'leaving' || this.#state === 'over';
  }

  get hasRung(): boolean {
    return this.#hasRung;
  }

  /** Whether a re-INVITE can be sent now: none is on its way, in either direction (§14.1). */
  get isIdle(): boolean {
    return this.#state === 'confirmed' && this.#incoming?.isPending !== true;
  }

  /** Sends the ACK of the 2xx that `onAccepted` told of. `answer` answers the offer in it, '' when it had none. */
  acknowledge(answer: string): void {
    if (this.#state !== 'accepted') return;
    this.#state = 'confirmed';
    this.#sendAck(answer);
  }

  /**
   * Sends a re-INVITE (§14.1). Without an offer it asks for one.
   *
   * @param isPatient after a 491 it is sent again, later; else the 491 is told as any failure
   */
  reinvite(offer: string, isPatient: boolean): void {
    this.#state = 'offering';
    this.#outgoing = new OutgoingOffer(this.#agent, this.#dialog!, { headers: this.#ownHeaders, description: offer, isPatient }, {
      onAccepted: (response) => this.#receiveAnswer(response),
      onRefused: (status) => {
        this.#state = 'confirmed';
        this.#user.onRefused(this, status);
      },
      onRepeated: (cseq) => this.#repeatAck(cseq),
      onLost: (status) => this.#lose(status),
    });
  }

  /** Sends another request inside of the dialog; `onFinal` gets its final status, 408 when there was none. */
  request(parts: InDialogParts, onFinal: (status: number) => void): void {
    const onResponse = ({ status }: SipMessage) => {
      if (status >= 200) onFinal(status);
    };
    this.#agent.sendInDialog(this.#dialog!, parts, onResponse, () => onFinal(408));
  }

  /** Takes the other side's re-INVITE; see `IncomingOffer`. */
  accept(offer: IncomingOffer, description: string): void {
    offer.accept(description, this.#ownHeaders);
  }

  /** Ends it, in whichever way its state asks for: CANCEL (§9.1), or ACK and BYE (§15.1.1). */
  end(): void {
    if (this.isOver) return;
    if (this.#dialog !== undefined) {
      this.#hangUp();
      return;
    }
    this.#state = 'leaving';
    this.#transaction.cancel('');
    // No final response to what was cancelled: it counts as ended after 64*T1 (§9.1).
    this.#agent.clock.arm(this.#guard, this.#agent.timings.timeoutMs);
  }

  /** Lets go of its timers without a word to anybody: the agent has no network any more. */
  abandon(): void {
    this.#stop();
    this.#state = 'over';
  }

  /** A request of the other side, with this leg's Call-ID. Not ACK, not CANCEL. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    const refusal = this.#dialog === undefined ? NO_SUCH_CALL : this.#dialog.refusalOf(request);
    if (refusal !== undefined) {
      answerRequest(transaction, refusal);
    } else if (request.method === 'BYE') {
      answerRequest(transaction, { status: 200, reason: 'OK' });
      this.#receiveBye();
    } else if (this.isOver && request.method !== 'NOTIFY') {
      answerRequest(transaction, NO_SUCH_CALL);
    } else {
      this.#receiveInCall(transaction);
    }
  }

  /** An ACK of the other side, with this leg's Call-ID. */
  receiveAck(ack: SipMessage): void {
    if (this.#dialog?.has(ack) === true) this.#incoming?.acknowledge(ack.cseq!.number, descriptionOf(ack));
  }

  onTimer(): void {
    this.#transaction.terminate();
    this.#fail(408);
  }

  // The INVITE.

  #invite(credentials: string): ClientTransaction {
    const { uri, from, to, headers = '', offer } = this.#parts;
    const type = offer === '' ? '' : 'Content-Type: application/sdp\r\n';
    return this.#agent.send(
      { method: 'INVITE', uri, from, to, callId: this.callId, cseq: this.#agent.nextCSeq(), headers: this.#ownHeaders + type + headers + credentials, body: offer },
      (response) => this.#receiveResponse(response),
      () => this.#fail(408),
    );
  }

  get #ownHeaders(): string {
    return `Contact: ${this.#agent.contact}\r\n${ALLOW}`;
  }

  #receiveResponse(response: SipMessage): void {
    const { status } = response;
    if (status < 200) {
      // A CANCEL may go out only now that the INVITE has arrived (§9.1).
      if (this.#state === 'leaving') this.#transaction.cancel('');
      else if (status > 100) {
        this.#hasRung = true;
        this.#user.onRinging(this, status);
      }
      return;
    }
    if (status < 300) {
      this.#receiveSuccess(response);
      return;
    }
    const credentials = this.#state === 'calling' ? this.#agent.credentialsFor(response, 'INVITE', this.#parts.uri, this.#challengesAnswered) : undefined;
    if (credentials === undefined) {
      this.#fail(status);
      return;
    }
    this.#challengesAnswered += 1;
    this.#transaction = this.#invite(credentials);
  }

  #receiveSuccess(response: SipMessage): void {
    if (this.#dialog === undefined) {
      this.#dialog = Dialog.ofCaller(response);
      this.#finalStatus = response.status;
      this.#acceptedCSeq = response.cseq!.number;
      // It has crossed our CANCEL: it is answered all the same, and hung up (§15).
      if (this.#state === 'leaving') this.#hangUp();
      else this.#passOn(response);
    } else if (response.to?.tag !== this.#dialog.remoteTag) {
      this.#forks.drop(response);
    } else {
      this.#repeatAck(response.cseq!.number);
    }
  }

  #fail(status: number): void {
    if (this.#dialog !== undefined) return;
    const wasLeft = this.#state === 'leaving';
    this.#finalStatus = status;
    this.#release();
    if (!wasLeft) this.#user.onRefused(this, status);
  }

  /** The 2xx of a re-INVITE of ours. */
  #receiveAnswer(response: SipMessage): void {
    this.#dialog!.refreshTarget(response);
    this.#acceptedCSeq = response.cseq!.number;
    if (this.#state === 'offering') this.#passOn(response);
    else this.#sendAck('');
  }

  #passOn(response: SipMessage): void {
    this.#state = 'accepted';
    this.#user.onAccepted(this, response);
  }

  #sendAck(answer: string): void {
    this.#acknowledged = { cseq: this.#acceptedCSeq, answer };
    this.#agent.acknowledge(this.#dialog!, this.#acceptedCSeq, answer);
  }

  /** A 2xx came again: so does its ACK, unless that still waits for the other side (§13.2.2.4). */
  #repeatAck(cseq: number): void {
    if (this.#acknowledged.cseq === cseq) this.#agent.acknowledge(this.#dialog!, cseq, this.#acknowledged.answer);
  }

  // Requests of the other side.

  #receiveBye(): void {
    if (this.isOver) return;
    if (this.#state === 'accepted') this.#sendAck('');
    this.#release();
    this.#user.onHungUp(this, 0);
  }

  #receiveInCall(transaction: ServerTransaction): void {
    const { request } = transaction;
    switch (request.method) {
      case 'INVITE':
        this.#receiveReinvite(transaction);
        return;
      case 'OPTIONS':
        answerRequest(transaction, { status: 200, reason: 'OK', headers: `${ALLOW}Accept: application/sdp\r\n` });
        return;
      case 'INFO':
      case 'NOTIFY':
        if (this.#user.onRequest === undefined) answerRequest(transaction, { status: 200, reason: 'OK' });
        else this.#user.onRequest(this, transaction);
        return;
      default:
        answerRequest(transaction, { status: 405, reason: 'Method Not Allowed', headers: ALLOW });
    }
  }

  #receiveReinvite(transaction: ServerTransaction): void {
    const offer = new IncomingOffer(this.#agent, transaction, {
      onAcknowledged: (description) => this.#user.onOfferAcknowledged?.(this, description),
      onUnacknowledged: () => this.#lose(408),
    });
    if (this.#incoming?.isPending === true) {
      // §14.2: its last one has no answer yet.
      offer.refuse(500, 'Server Internal Error', 'Retry-After: 5\r\n');
      return;
    }
    if (this.#state !== 'confirmed') {
      offer.refuse(491, 'Request Pending');
      return;
    }
    this.#dialog!.refreshTarget(transaction.request);
    this.#incoming?.stop();
    this.#incoming = offer;
    if (this.#user.onOffer === undefined) offer.refuse(488, 'Not Acceptable Here');
    else this.#user.onOffer(this, offer);
  }

  // The end.

  /** The other side does not know the dialog any more, or does not answer (§12.2.1.2): a BYE for form's sake. */
  #lose(status: number): void {
    if (this.isOver) return;
    this.#hangUp();
    this.#user.onHungUp(this, status);
  }

  #hangUp(): void {
    // What was not acknowledged yet would be repeated for half a minute.
    if (this.#acknowledged.cseq !== this.#acceptedCSeq) this.#sendAck('');
    this.#stop();
    this.#state = 'leaving';
    void this.#agent.hangUp(this.#dialog!).then((status) => {
      this.#byeStatus = status;
      this.#release();
    });
  }

  #release(): void {
    if (this.#state === 'over') return;
    this.#stop();
    this.#state = 'over';
    this.#user.onReleased?.(this);
  }

  #stop(): void {
    this.#agent.clock.disarm(this.#guard);
    this.#outgoing?.stop();
    // A re-INVITE that waits for its answer gets one: nothing of the dialog goes on.
    if (this.#incoming?.isPending === true) this.#incoming.refuse(487, 'Request Terminated');
    this.#incoming?.stop();
  }
}
