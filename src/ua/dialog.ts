import type { SipMessage } from '../sip/message/sip-message.ts';

interface DialogParts {
  readonly callId: string;
  readonly local: string;
  readonly localTag: string;
  readonly remote: string;
  readonly remoteTag: string;
  readonly remoteTarget: string;
  readonly routes: readonly string[];
  readonly cseq: number;
  readonly remoteCSeq: number;
}

/** The answer to a request that belongs to no call of ours (§12.2.2). */
export const NO_SUCH_CALL = { status: 481, reason: 'Call/Transaction Does Not Exist' };

/** What a user agent keeps of a dialog (RFC 3261 §12): enough to write the next request of its side, and to know those of the other. */
export class Dialog {
  readonly callId: string;
  /** From and To values as our requests carry them, with tags. */
  readonly local: string;
  readonly remote: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Route values in the order of our requests. */
  readonly routes: readonly string[];
  #remoteTarget: string;
  #cseq: number;
  /** -1 before the other side has sent a request. */
  #remoteCSeq: number;

  constructor(parts: DialogParts) {
    this.callId = parts.callId;
    this.local = parts.local;
    this.localTag = parts.localTag;
    this.remote = parts.remote;
    this.remoteTag = parts.remoteTag;
    this.routes = parts.routes;
    this.#remoteTarget = parts.remoteTarget;
    this.#cseq = parts.cseq;
    this.#remoteCSeq = parts.remoteCSeq;
  }

  /** Where requests go: the Contact of the other side. */
  get remoteTarget(): string {
    return this.#remoteTarget;
  }

  nextCSeq(): number {
    this.#cseq += 1;
    return this.#cseq;
  }

  /** A re-INVITE or its 2xx may name another Contact (§12.2.1.2, §12.2.2). */
  refreshTarget(message: SipMessage): void {
    this.#remoteTarget = firstContact(message) || this.#remoteTarget;
  }

  /** Whether a request of the other side is one of this dialog (§12.2.2). */
  has(request: SipMessage): boolean {
    return request.callId === this.callId && request.from?.tag === this.remoteTag && request.to?.tag === this.localTag;
  }

  /** Why a request of the other side is turned down, noting its CSeq when it is not; `undefined` when it is taken (§12.2.2). */
  refusalOf(request: SipMessage): { readonly status: number; readonly reason: string } | undefined {
    if (!this.has(request)) return NO_SUCH_CALL;
    return this.#isInOrder(request) ? undefined : { status: 500, reason: 'Server Internal Error' };
  }

  /** Notes the CSeq of a request of the other side; false when it is out of order and has to be answered with 500 (§12.2.2). */
  #isInOrder(request: SipMessage): boolean {
    const { number } = request.cseq!;
    if (number <= this.#remoteCSeq) return false;
    this.#remoteCSeq = number;
    return true;
  }

  /** The caller's side: the routes of the 2xx stand in reverse (§12.1.2). */
  static ofCaller(response: SipMessage): Dialog {
    return new Dialog({
      callId: response.callId,
      local: response.from!.text,
      localTag: response.from!.tag ?? '',
      remote: response.to!.text,
      remoteTag: response.to!.tag ?? '',
      remoteTarget: firstContact(response),
      routes: routesOf(response).reverse(),
      cseq: response.cseq!.number,
      remoteCSeq: -1,
    });
  }

  /** The callee's side (§12.1.1). */
  static ofCallee(invite: SipMessage, localTag: string): Dialog {
    return new Dialog({
      callId: invite.callId,
      local: `${invite.to!.text};tag=${localTag}`,
      localTag,
      remote: invite.from!.text,
      remoteTag: invite.from!.tag ?? '',
      remoteTarget: firstContact(invite),
      routes: routesOf(invite),
      cseq: 0,
      remoteCSeq: invite.cseq!.number,
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
