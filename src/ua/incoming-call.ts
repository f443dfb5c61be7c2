import { randomHex } from '../base/ids.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { CallerAgent } from './caller-agent.ts';
import { Dialog, NO_SUCH_CALL } from './dialog.ts';
import { answerRequest, InviteAnswer } from './invite-answer.ts';
import { answerTo, descriptionOf } from './session-description.ts';

/** A call that came in (RFC 3261 §13.3). Who made the user agent decides what becomes of it. */
export class IncomingCall {
  /** Resolves when the caller has given up before it was answered. */
  readonly wasCancelled: Promise<void>;
  /** Resolves when the other side has hung up after it was answered. */
  readonly wasHungUp: Promise<void>;
  /** Session description of the other side, as it is now; '' before there is one. */
  remoteDescription: string;
  readonly #agent: CallerAgent;
  readonly #transaction: ServerTransaction;
  readonly #description: string;
  readonly #tag = randomHex(4);
  readonly #onOver: () => void;
  #answer: InviteAnswer | undefined;
  #dialog: Dialog | undefined;
  #onCancelled: () => void = () => {};
  #onHungUp: () => void = () => {};

  /**
   * @param parts.description what the phone offers or answers
   * @param parts.onOver called when the call is over, answered or not
   */
  constructor(agent: CallerAgent, transaction: ServerTransaction, parts: { readonly description: string; readonly onOver: () => void }) {
    this.#agent = agent;
    this.#transaction = transaction;
    this.#description = parts.description;
    this.#onOver = parts.onOver;
    this.remoteDescription = descriptionOf(transaction.request);
    this.wasCancelled = new Promise((resolve) => {
      this.#onCancelled = resolve;
    });
    this.wasHungUp = new Promise((resolve) => {
      this.#onHungUp = resolve;
    });
  }

  /** URI of the caller, from From. */
  get caller(): string {
    return this.#transaction.request.from?.uriText ?? '';
  }

  /** Name of the caller, from From: what a phone shows while it rings. */
  get callerName(): string {
    return this.#transaction.request.from?.displayName ?? '';
  }

  /** The INVITE as it came. */
  get invite(): SipMessage {
    return this.#transaction.request;
  }

  ring(): void {
    answerRequest(this.#transaction, { status: 180, reason: 'Ringing', headers: this.#contact }, this.#tag);
  }

  answer(description = answerTo(this.remoteDescription, this.#description)): void {
    this.#dialog = Dialog.ofCallee(this.#transaction.request, this.#tag);
    this.#accept(this.#transaction, description);
  }

  reject(status: number, reason: string): void {
    answerRequest(this.#transaction, { status, reason }, this.#tag);
    this.#onOver();
  }

  /** Sends a re-INVITE, as a phone that holds the call does; resolves with its final status, 408 when there was none. */
  reinvite(description: string): Promise<number> {
    return new Promise((resolve) => {
      const headers = `${this.#contact}${description === '' ? '' : 'Content-Type: application/sdp\r\n'}`;
      const onResponse = (response: SipMessage) => {
        if (response.status < 200) return;
        if (response.status < 300) {
          const found = descriptionOf(response);
          if (found !== '') this.remoteDescription = found;
          this.#agent.acknowledge(this.#dialog!, response.cseq!.number, description === '' ? this.#description : '');
        }
        resolve(response.status);
      };
      this.#agent.sendInDialog(this.#dialog!, { method: 'INVITE', headers, body: description }, onResponse, () => resolve(408));
    });
  }

  /** Ends the call after it was answered; resolves with the status of the BYE. */
  async hangUp(): Promise<number> {
    if (this.#dialog === undefined) return 481;
    this.#answer?.stop();
    const status = await this.#agent.hangUp(this.#dialog);
    this.#onOver();
    return status;
  }

  /** Lets go of its timers: the agent has no network any more. */
  abandon(): void {
    this.#answer?.stop();
  }

  /** The user agent has received a CANCEL for this call (§9.2). */
  cancelled(): void {
    if (this.#transaction.lastStatus >= 200) return;
    this.reject(487, 'Request Terminated');
    this.#onCancelled();
  }

  /** A request with this call's Call-ID has come in, not ACK or CANCEL. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    const refusal = this.#dialog === undefined ? NO_SUCH_CALL : this.#dialog.refusalOf(request);
    if (refusal !== undefined) {
      answerRequest(transaction, refusal);
    } else if (request.method === 'INVITE') {
      this.#receiveReinvite(transaction);
    } else {
      answerRequest(transaction, { status: 200, reason: 'OK' });
      if (request.method === 'BYE') this.#receiveBye();
    }
  }

  receiveAck(ack: SipMessage): void {
    if (this.#dialog?.has(ack) === true && this.#answer?.isFor(ack.cseq!.number) === true) this.#answer.acknowledge(descriptionOf(ack));
  }

  #receiveReinvite(transaction: ServerTransaction): void {
    const offer = descriptionOf(transaction.request);
    if (offer !== '') this.remoteDescription = offer;
    this.#dialog!.refreshTarget(transaction.request);
    this.#accept(transaction, answerTo(offer, this.#description));
  }

  #receiveBye(): void {
    this.#answer?.stop();
    this.#onHungUp();
    this.#onOver();
  }

  #accept(transaction: ServerTransaction, description: string): void {
    this.#answer?.stop();
    this.#answer = new InviteAnswer(this.#agent, transaction, { headers: this.#contact, body: description, toTag: this.#tag }, {
      onAcknowledged: (answer) => {
        if (answer !== '') this.remoteDescription = answer;
      },
      onUnacknowledged: () => void this.hangUp(),
    });
  }

  get #contact(): string {
    return `Contact: ${this.#agent.contact}\r\n`;
  }
}
