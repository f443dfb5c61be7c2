import type { ServerTransaction, ServerTransactionUser } from '../sip/endpoint/server-transaction.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import { buildReply } from '../sip/message/reply.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { TransactionFailure } from '../sip/transaction/port.ts';
import type { Source } from '../sip/transport/transport.ts';
import { Branch, type BranchContext } from './branch.ts';
import { chooseResponse } from './choose-response.ts';
import { removeTopmostVia } from './forward-response.ts';
import { breadthOfBranches } from './max-breadth.ts';
import type { ProxyParts } from './proxy-parts.ts';
import type { RequestEdits } from './request-edits.ts';
import { reasonPhrase } from './reason-phrase.ts';
import type { Target } from './target.ts';

/** What became of a step that a script may delay: it calls back when it has decided later. */
export type Decision = 'go' | 'drop' | 'parked';

/** Why nothing was forwarded: the request is answered or cancelled already, or a bound was reached (RFC 5393 §5.3.3.1 for breadth). */
export type NotForwarded = 'over' | 'too-many-branches' | 'no-breadth';

/** The script's side of a forwarded request. Each method may park: then the matching call below resumes. */
export interface ForwardingOwner {
  /** Before a branch is sent; resumes with `context.branchDecided`. */
  onBranch(branch: Branch): Decision;
  /** The changes that the script has made to a response so far, before `onReply` sees it. */
  replyEdits(response: SipMessage): EditList;
  /** For each response, before it is acted on; resumes with `context.replyDecided`. Finals cannot be dropped. */
  onReply(branch: Branch, response: SipMessage, edits: EditList): Decision;
  /** All branches have failed and nothing was sent upstream; resumes with `context.failureHandled`. */
  onFailure(context: ResponseContext): Decision;
  /** The transaction is over. */
  onEnded(context: ResponseContext): void;
}

/**
 * The response context of §16: one request, its server transaction, the branches it was forwarded
 * in, and what becomes of their responses. Kamailio's name for it is the transaction (`tm`).
 */
export class ResponseContext implements ServerTransactionUser, BranchContext {
  readonly proxy: ProxyParts;
  readonly server: ServerTransaction;
  readonly owner: ForwardingOwner;
  readonly branches: Branch[] = [];
  /** How long a branch may take to its first response (`fr_timer`), in milliseconds. */
  firstResponseMs: number;
  /** How long a branch may ring (`fr_inv_timer`, timer C), in milliseconds. */
  ringMs: number;
  /** The caller has sent CANCEL. */
  cancelled = false;
  /** Reason header lines of that CANCEL, '' when it had none (RFC 3326). */
  cancelReason = '';
  /** Branches before this index have had their failure route; those after it are the current attempt. */
  #attemptStart = 0;
  /** Final status sent upstream, 0 before. */
  #finalStatus = 0;
  #handlingFailure = false;
  #chosen: Branch | undefined;
  #toTag: string | undefined;

  constructor(proxy: ProxyParts, server: ServerTransaction, owner: ForwardingOwner) {
    this.proxy = proxy;
    this.server = server;
    this.owner = owner;
    this.firstResponseMs = proxy.options.firstResponseMs;
    this.ringMs = proxy.options.ringMs;
    server.user = this;
  }

  get request(): SipMessage {
    return this.server.request;
  }

  get source(): Source {
    return this.server.source;
  }

  get forceRport(): boolean {
    return this.server.forceRport;
  }

  /** Final status that went upstream, 0 as long as there was none. */
  get finalStatus(): number {
    return this.#finalStatus;
  }

  /** Status of the last response that went upstream, 0 before the first. */
  get lastStatus(): number {
    return this.server.lastStatus;
  }

  /** The branch whose failure a failure route is about; undefined outside of one. */
  get chosen(): Branch | undefined {
    return this.#chosen;
  }

  /** The tag of responses that we make ourselves. */
  get toTag(): string {
    if (this.#toTag === undefined) this.#toTag = this.proxy.endpoint.newTag();
    return this.#toTag;
  }

  /** True while any branch may still answer. */
  get waiting(): boolean {
    return this.branches.some((branch) => branch.state !== 'final');
  }

  /**
   * Answers the request ourselves.
   *
   * @param headers whole header lines, each with its CRLF
   * @returns false when a final response went upstream before
   */
  reply(status: number, reason: string, headers = '', body = ''): boolean {
    if (this.#finalStatus !== 0) return false;
    const { endpoint } = this.proxy;
    const text = buildReply(this.request, this.source, {
      status,
      reason,
      toTag: status > 100 ? this.toTag : '',
      headers,
      body,
      forceRport: this.forceRport,
      server: endpoint.serverHeader,
    });
    if (status >= 200) this.#finish(status);
    this.server.respond(status, text);
    return true;
  }

  /**
   * Forwards the request to all targets at once (§16.6). `edits` are the changes that all branches
   * share.
   *
   * @returns how many branches were made, or why none was
   */
  forward(targets: readonly Target[], edits: RequestEdits): number | NotForwarded {
    const { options } = this.proxy;
    if (this.#finalStatus !== 0 || this.cancelled) return 'over';
    if (this.branches.length + targets.length > options.maxBranches) return 'too-many-branches';
    const breadths = breadthOfBranches(this.request, targets.length, options.maxBreadth);
    if (breadths === undefined) return 'no-breadth';
    const added = targets.map((target, index) => new Branch(this, this.branches.length + index, target, edits.copy(), breadths[index]!));
    this.branches.push(...added);
    for (const branch of added) {
      const decision = this.owner.onBranch(branch);
      if (decision !== 'parked') this.#start(branch, decision);
    }
    this.#check();
    return added.length;
  }

  branchDecided(branch: Branch, decision: 'go' | 'drop'): void {
    this.#start(branch, decision);
    this.#check();
  }

  #start(branch: Branch, decision: 'go' | 'drop'): void {
    if (branch.state !== 'new') return;
    if (decision === 'go') {
      branch.send();
      return;
    }
    branch.state = 'final';
    branch.status = DROPPED;
  }

  /** The caller gives up (§9.2, §16.10): all branches are cancelled, the INVITE ends with 487. */
  cancel(headers: string): void {
    if (this.cancelled || this.#finalStatus !== 0) return;
    this.cancelled = true;
    this.cancelReason = headers;
    for (const branch of this.branches) branch.cancel(headers);
    if (!this.waiting && !this.#handlingFailure) this.#check(true);
  }

  // Responses.

  /** A response came in on a branch. */
  receive(branch: Branch, response: SipMessage): void {
    const edits = this.owner.replyEdits(response);
    removeTopmostVia(response, edits);
    branch.status = response.status;
    branch.response = response;
    const decision = this.owner.onReply(branch, response, edits);
    if (decision !== 'parked') this.replyDecided(branch, response, edits, decision);
  }

  /** Acts on a response that the script has seen (§16.7). Only provisional ones can be dropped. */
  replyDecided(branch: Branch, response: SipMessage, edits: EditList, decision: 'go' | 'drop'): void {
    const { status } = response;
    if (status < 200) {
      // 100 is hop by hop (§16.7 step 5).
      if (status > 100 && decision === 'go' && this.#finalStatus === 0 && branch.state === 'sent') {
        this.server.respond(status, edits.apply(response.raw, 0, response.bodyEnd));
      }
      return;
    }
    if (status < 300) {
      this.#succeed(branch, response, edits);
      return;
    }
    if (branch.state === 'final') return;
    branch.state = 'final';
    branch.finalEdits = edits;
    // A 6xx speaks for the user, not for the branch: the others are given up (§16.7 step 5).
    if (status >= 600) this.#cancelOthers(branch, '');
    this.#check();
  }

  /** A branch failed without a response: too slow, unreachable, not allowed. */
  receiveLocal(branch: Branch, status: number): void {
    if (branch.state === 'final') return;
    branch.state = 'final';
    branch.status = status;
    branch.response = undefined;
    this.#check();
  }

  #succeed(branch: Branch, response: SipMessage, edits: EditList): void {
    // Every 2xx to an INVITE goes upstream, the later ones too (§16.7 step 5); of other methods the first.
    const first = this.#finalStatus === 0;
    if (!first && this.request.method !== 'INVITE') return;
    branch.state = 'final';
    if (first) {
      this.#finish(response.status);
      this.#cancelOthers(branch, 'Reason: SIP;cause=200;text="Call completed elsewhere"\r\n');
    }
    this.server.respond(response.status, edits.apply(response.raw, 0, response.bodyEnd));
  }

  #cancelOthers(winner: Branch, headers: string): void {
    for (const branch of this.branches) if (branch !== winner) branch.cancel(headers);
  }

  /** When every branch of this attempt has failed: the failure route, then the best response (§16.7 steps 6 to 9). */
  #check(cancelledBeforeForwarding = false): void {
    if (this.#finalStatus !== 0 || this.#handlingFailure || this.waiting) return;
    const attempt = this.branches.slice(this.#attemptStart);
    if (attempt.length === 0 && !cancelledBeforeForwarding) return;
    this.#chosen = chooseResponse(attempt);
    if (this.#chosen !== undefined) {
      this.#handlingFailure = true;
      this.#attemptStart = this.branches.length;
      if (this.owner.onFailure(this) === 'parked') return;
    }
    this.failureHandled();
  }

  /** The failure route is done: new branches are waited for, else the best response goes upstream. */
  failureHandled(): void {
    this.#handlingFailure = false;
    if (this.#finalStatus === 0) {
      if (this.waiting) return;
      // Branches that were added by the failure route and have failed already have their turn.
      if (this.#attemptStart < this.branches.length) this.#check();
      else this.#sendBest();
    }
  }

  #sendBest(): void {
    const best = chooseResponse(this.branches);
    this.#chosen = best;
    if (this.cancelled || best === undefined) {
      this.reply(487, reasonPhrase(487));
      return;
    }
    const { response } = best;
    if (response === undefined) {
      this.#replyLocally(best.status);
      return;
    }
    // §16.7 step 6: our caller must not stop using us because someone behind us is busy.
    if (response.status === 503) {
      this.reply(500, 'Server Internal Error');
      return;
    }
    const edits = best.finalEdits!;
    if (response.status === 401 || response.status === 407) this.#addChallenges(best, edits);
    this.#finish(response.status);
    this.server.respond(response.status, edits.apply(response.raw, 0, response.bodyEnd));
  }

  #replyLocally(status: number): void {
    if (status === 408 && this.request.method !== 'INVITE') {
      // RFC 4320 §4.2: the client has given up by now, and a 408 would only make it avoid us.
      this.#finish(408);
      this.server.terminate();
      return;
    }
    const shown = status === 503 || status === DROPPED ? 500 : status;
    this.reply(shown, reasonPhrase(shown));
  }

  /** Challenges of all branches go into one response, so that the caller can answer each (§16.7 step 7). */
  #addChallenges(best: Branch, edits: EditList): void {
    for (const branch of this.branches) {
      const { response } = branch;
      if (branch === best || response === undefined || (response.status !== 401 && response.status !== 407)) continue;
      for (const name of ['WWW-Authenticate', 'Proxy-Authenticate']) {
        for (const index of response.fieldsNamed(name)) edits.insert(best.response!.headerEnd, `${name}: ${response.fieldValue(index)}\r\n`);
      }
    }
  }

  #finish(status: number): void {
    this.#finalStatus = status;
    for (const branch of this.branches) if (branch.state === 'new') branch.cancel('');
  }

  // From the server transaction.

  onTransactionFailure(_failure: TransactionFailure): void {
    // No ACK came, or the caller is gone: there is nobody left to tell.
  }

  onTransactionEnded(): void {
    for (const branch of this.branches) branch.stopWaiting();
    this.owner.onEnded(this);
  }
}

/** Status of a branch that the script kept from being sent. */
const DROPPED = 599;
