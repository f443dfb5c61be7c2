import { headerOf, requestText, responseText } from './sip-text.ts';
import type { SipSocket } from './socket.ts';

const EXPIRES_S = 3600;
const RETRANSMIT_MS = 500;
const GIVE_UP_MS = 10_000;

interface Answered {
  readonly text: string;
  readonly atMs: number;
  sentAtMs: number;
}

/**
 * The phones of all callees on one socket. They ring, and answer when the caller's name says so
 * (`CallKind`). The 200 of an INVITE is sent again until its ACK is there (RFC 3261 §13.3.1.4).
 */
export class Phones {
  readonly #socket: SipSocket;
  readonly #domain: string;
  readonly #invites = new Map<string, string>();
  readonly #answered = new Map<string, Answered>();
  readonly #registered = new Map<string, () => void>();
  readonly #timer: NodeJS.Timeout;

  constructor(socket: SipSocket, domain: string) {
    this.#socket = socket;
    this.#domain = domain;
    socket.onMessage = (text) => this.#receive(text);
    this.#timer = setInterval(() => this.#sendAgain(), RETRANSMIT_MS / 4);
  }

  /** Registers a phone; tries until it is taken: the service may still be reading who is trusted. */
  async register(user: string): Promise<void> {
    const { address } = this.#socket;
    const aor = `<sip:${user}@${this.#domain}>`;
    const isTaken = new Promise<void>((resolve) => this.#registered.set(`register-${user}`, resolve));
    for (let cseq = 1; ; cseq += 1) {
      this.#socket.send(
        requestText({
          method: 'REGISTER',
          uri: `sip:${this.#domain}`,
          via: `SIP/2.0/UDP ${address};branch=z9hG4bK-r${user}-${cseq}`,
          from: `${aor};tag=r${user}`,
          to: aor,
          callId: `register-${user}`,
          cseq,
          more: [`Contact: <sip:${user}@${address}>`, `Expires: ${EXPIRES_S}`],
        }),
      );
      const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), RETRANSMIT_MS).unref());
      if ((await Promise.race([isTaken, late])) !== 'late') return;
      if (cseq === 40) throw new Error(`${user} cannot register`);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #receive(text: string): void {
    if (text.startsWith('SIP/2.0 ')) return this.#onResponse(text);
    const callId = headerOf(text, 'Call-ID');
    switch (text.slice(0, text.indexOf(' '))) {
      case 'INVITE':
        return this.#onInvite(text, callId);
      case 'CANCEL':
        return this.#onCancel(text, callId);
      case 'ACK':
        this.#invites.delete(callId);
        this.#answered.delete(callId);
        return;
      default:
        this.#socket.send(responseText(text, '200 OK', 'callee'));
    }
  }

  #onResponse(text: string): void {
    if (text.startsWith('SIP/2.0 200')) this.#registered.get(headerOf(text, 'Call-ID'))?.();
  }

  #onInvite(text: string, callId: string): void {
    const isKnown = this.#invites.has(callId);
    this.#invites.set(callId, text);
    const contact = [`Contact: <sip:callee@${this.#socket.address}>`];
    this.#socket.send(responseText(text, '180 Ringing', 'callee', contact));
    if (isKnown || !callId.startsWith('answered-')) return;
    const answer = responseText(text, '200 OK', 'callee', contact);
    const nowMs = performance.now();
    this.#answered.set(callId, { text: answer, atMs: nowMs, sentAtMs: nowMs });
    this.#socket.send(answer);
  }

  #onCancel(text: string, callId: string): void {
    this.#socket.send(responseText(text, '200 OK', 'callee'));
    const invite = this.#invites.get(callId);
    if (invite !== undefined) this.#socket.send(responseText(invite, '487 Request Terminated', 'callee'));
  }

  #sendAgain(): void {
    const nowMs = performance.now();
    for (const [callId, answered] of this.#answered) {
      if (nowMs - answered.atMs > GIVE_UP_MS) this.#answered.delete(callId);
      else if (nowMs - answered.sentAtMs > RETRANSMIT_MS) {
        answered.sentAtMs = nowMs;
        this.#socket.send(answered.text);
      }
    }
  }
}
