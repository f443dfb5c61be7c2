import { randomHex } from '../base/ids.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import { buildReply } from '../sip/message/reply.ts';
import type { CallerAgent } from './caller-agent.ts';
import { Dialog } from './dialog.ts';
import { SESSION_DESCRIPTION } from './session-description.ts';

/** A call that came in (RFC 3261 §13.3). Who made the user agent decides what becomes of it. */
export class IncomingCall {
  /** Resolves when the caller has given up before it was answered. */
  readonly wasCancelled: Promise<void>;
  /** Resolves when the other side has hung up after it was answered. */
  readonly wasHungUp: Promise<void>;
  readonly #agent: CallerAgent;
  readonly #transaction: ServerTransaction;
  readonly #tag = randomHex(4);
  readonly #onRefused: () => void;
  #dialog: Dialog | undefined;
  #onCancelled: () => void = () => {};
  #onHungUp: () => void = () => {};

  /** @param onRefused called when the call is over without having been answered */
  constructor(agent: CallerAgent, transaction: ServerTransaction, onRefused: () => void) {
    this.#agent = agent;
    this.#onRefused = onRefused;
    this.#transaction = transaction;
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

  ring(): void {
    this.#reply(180, 'Ringing');
  }

  answer(): void {
    this.#dialog = Dialog.ofCallee(this.#transaction.request, this.#tag);
    this.#reply(200, 'OK', 'Content-Type: application/sdp\r\n', SESSION_DESCRIPTION);
  }

  reject(status: number, reason: string): void {
    this.#reply(status, reason);
    this.#onRefused();
  }

  /** Ends the call after it was answered; resolves with the status of the BYE. */
  async hangUp(): Promise<number> {
    return this.#dialog === undefined ? 481 : this.#agent.hangUp(this.#dialog);
  }

  /** The user agent has received a CANCEL for this call (§9.2). */
  cancelled(): void {
    if (this.#transaction.lastStatus >= 200) return;
    this.reject(487, 'Request Terminated');
    this.#onCancelled();
  }

  /** The user agent has received a BYE for this call. */
  hungUp(): void {
    this.#onHungUp();
  }

  #reply(status: number, reason: string, headers = '', body = ''): void {
    const { request, source } = this.#transaction;
    const contact = status < 300 ? `Contact: ${this.#agent.contact}\r\n` : '';
    const text = buildReply(request, source, { status, reason, toTag: this.#tag, headers: contact + headers, body });
    this.#transaction.respond(status, text);
  }
}
