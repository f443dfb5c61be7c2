import { randomHex } from '../base/ids.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { CallerAgent } from './caller-agent.ts';
import { Dialog } from './dialog.ts';
import { SESSION_DESCRIPTION } from './session-description.ts';

/** A call that a user agent makes (RFC 3261 §13.2). */
export class OutgoingCall {
  /** Resolves at the first 180 or 183; stays open when the call ends without one. */
  readonly ringing: Promise<void>;
  /** Resolves with the status of the final response, 408 when there was none. */
  readonly ended: Promise<number>;
  readonly callId = randomHex(8);
  readonly #agent: CallerAgent;
  readonly #uri: string;
  readonly #from: string;
  #transaction: ClientTransaction;
  #dialog: Dialog | undefined;
  #challengesAnswered = 0;
  #cancelled = false;
  #isRinging: () => void = () => {};
  #isEnded: (status: number) => void = () => {};

  constructor(agent: CallerAgent, uri: string, from: string) {
    this.#agent = agent;
    this.#uri = uri;
    this.#from = from;
    this.ringing = new Promise((resolve) => {
      this.#isRinging = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#isEnded = resolve;
    });
    this.#transaction = this.#invite('');
  }

  /** Gives up as long as nobody has answered (§9.1). */
  cancel(): void {
    this.#cancelled = true;
    this.#transaction.cancel('');
  }

  /** Ends the call after it was answered; resolves with the status of the BYE. */
  async hangUp(): Promise<number> {
    return this.#dialog === undefined ? 481 : this.#agent.hangUp(this.#dialog);
  }

  #invite(credentials: string): ClientTransaction {
    return this.#agent.send(
      {
        method: 'INVITE',
        uri: this.#uri,
        from: this.#from,
        to: `<${this.#uri}>`,
        callId: this.callId,
        cseq: this.#agent.nextCSeq(),
        headers: `Contact: ${this.#agent.contact}\r\nContent-Type: application/sdp\r\n${credentials}`,
        body: SESSION_DESCRIPTION,
      },
      (response) => this.#receive(response),
      () => this.#isEnded(408),
    );
  }

  #receive(response: SipMessage): void {
    const { status } = response;
    if (status < 200) {
      if (status > 100) this.#isRinging();
      if (this.#cancelled) this.#transaction.cancel('');
      return;
    }
    if (status < 300) {
      this.#accept(response);
    } else {
      const credentials = this.#agent.credentialsFor(response, 'INVITE', this.#uri, this.#challengesAnswered);
      if (credentials !== undefined) {
        this.#challengesAnswered += 1;
        this.#transaction = this.#invite(credentials);
        return;
      }
    }
    this.#isEnded(status);
  }

  /** Every 2xx is acknowledged, repetitions too; one that has crossed our CANCEL is hung up again (§15). */
  #accept(response: SipMessage): void {
    const isNew = this.#dialog === undefined;
    this.#dialog ??= Dialog.ofCaller(response);
    this.#agent.acknowledge(this.#dialog, response.cseq!.number);
    if (isNew && this.#cancelled) void this.hangUp();
  }
}
