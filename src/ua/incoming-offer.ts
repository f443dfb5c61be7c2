import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import type { CallerAgent } from './caller-agent.ts';
import { answerRequest, InviteAnswer, type InviteAnswerUser } from './invite-answer.ts';
import { descriptionOf } from './session-description.ts';

/**
 * A re-INVITE that came in (RFC 3261 §14.2). Who is told of it answers once, now or later.
 *
 * Its CANCEL is answered and otherwise not heeded: the other side may have taken the new session
 * already, and both would be left with different ones.
 */
export class IncomingOffer {
  /** The session description in it; '' asks us for an offer. */
  readonly description: string;
  readonly #agent: CallerAgent;
  readonly #transaction: ServerTransaction;
  readonly #user: InviteAnswerUser;
  #answer: InviteAnswer | undefined;

  constructor(agent: CallerAgent, transaction: ServerTransaction, user: InviteAnswerUser) {
    this.#agent = agent;
    this.#transaction = transaction;
    this.#user = user;
    this.description = descriptionOf(transaction.request);
  }

  /** False as soon as it has its final response. */
  get isPending(): boolean {
    return this.#transaction.lastStatus < 200;
  }

  /** Takes it. The description is the answer, or the offer when the re-INVITE had none. */
  accept(description: string, headers: string): void {
    this.#answer = new InviteAnswer(this.#agent, this.#transaction, { headers, body: description, toTag: '' }, this.#user);
  }

  refuse(status: number, reason: string, headers = ''): void {
    answerRequest(this.#transaction, { status, reason, headers });
  }

  /** An ACK came in; false when it is another request's. */
  acknowledge(cseq: number, description: string): boolean {
    if (this.#answer?.isFor(cseq) !== true) return false;
    this.#answer.acknowledge(description);
    return true;
  }

  stop(): void {
    this.#answer?.stop();
  }
}
