import type { SipMessage } from '../sip/message/sip-message.ts';
import type { CallerAgent } from './caller-agent.ts';
import { Dialog } from './dialog.ts';

/** Phones that have answered one INVITE at the same moment beside the one that has the call; more are left to their own time-out. */
const MAX_FORKS = 8;

/** The 2xx of further phones to one INVITE (RFC 3261 §13.2.2.4): each is acknowledged every time, and hung up once. */
export class ForkedAnswers {
  readonly #agent: CallerAgent;
  readonly #dialogs = new Map<string, Dialog>();

  constructor(agent: CallerAgent) {
    this.#agent = agent;
  }

  drop(response: SipMessage): void {
    const tag = response.to?.tag ?? '';
    const known = this.#dialogs.get(tag);
    if (known === undefined && this.#dialogs.size >= MAX_FORKS) return;
    const dialog = known ?? Dialog.ofCaller(response);
    this.#agent.acknowledge(dialog, response.cseq!.number, '');
    if (known !== undefined) return;
    this.#dialogs.set(tag, dialog);
    void this.#agent.hangUp(dialog);
  }
}
