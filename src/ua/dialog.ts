import type { SipMessage } from '../sip/message/sip-message.ts';

/** What a user agent keeps of a dialog (RFC 3261 §12): enough to write the next request of its side. */
export class Dialog {
  readonly callId: string;
  /** From and To values as our requests carry them, with tags. */
  readonly local: string;
  readonly remote: string;
  /** Where requests go: the Contact of the other side. */
  readonly remoteTarget: string;
  /** Route values in the order of our requests. */
  readonly routes: readonly string[];
  #cseq: number;

  constructor(parts: { callId: string; local: string; remote: string; remoteTarget: string; routes: readonly string[]; cseq: number }) {
    this.callId = parts.callId;
    this.local = parts.local;
    this.remote = parts.remote;
    this.remoteTarget = parts.remoteTarget;
    this.routes = parts.routes;
    this.#cseq = parts.cseq;
  }

  nextCSeq(): number {
    this.#cseq += 1;
    return this.#cseq;
  }

  /** The caller's side: the routes of the 2xx stand in reverse (§12.1.2). */
  static ofCaller(response: SipMessage): Dialog {
    return new Dialog({
      callId: response.callId,
      local: response.from!.text,
      remote: response.to!.text,
      remoteTarget: firstContact(response),
      routes: routesOf(response).reverse(),
      cseq: response.cseq!.number,
    });
  }

  /** The callee's side (§12.1.1). */
  static ofCallee(invite: SipMessage, localTag: string): Dialog {
    return new Dialog({
      callId: invite.callId,
      local: `${invite.to!.text};tag=${localTag}`,
      remote: invite.from!.text,
      remoteTarget: firstContact(invite),
      routes: routesOf(invite),
      cseq: 0,
    });
  }
}

function routesOf(message: SipMessage): string[] {
  return (message.recordRoutes ?? []).map((route) => route.text);
}

function firstContact(message: SipMessage): string {
  const { contacts } = message;
  return contacts === undefined || contacts === '*' ? '' : (contacts[0]?.uriText ?? '');
}
