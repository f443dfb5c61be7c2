import type { ServerTransaction, ServerTransactionUser } from '../sip/endpoint/server-transaction.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import { buildReply } from '../sip/message/reply.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { TransactionFailure } from '../sip/transaction/port.ts';
import type { Source } from '../sip/transport/transport.ts';
import { Branch, type BranchContext, type NotSent } from './branch.ts';
import { chooseResponse } from './choose-response.ts';
import { removeTopmostVia } from './forward-response.ts';
import { gatherChallenges } from './gather-challenges.ts';
import { breadthOfBranches } from './max-breadth.ts';
import type { ProxyParts } from './proxy-parts.ts';
import type { RequestEdits } from './request-edits.ts';
import { reasonPhrase } from './reason-phrase.ts';
import type { Target } from './target.ts';

/** What became of a step that a script may delay: it calls back when it has decided later. */
export type Decision = 'go' | 'drop' | 'parked';

/**
 * Why nothing was forwarded: the request is answered or cancelled already, a bound was reached
 * (RFC 5393 §5.3.3.1 for breadth), or no branch could be sent, and this is the gravest reason.
 */
export type NotForwarded = 'over' | 'too-many-branches' | 'no-breadth' | NotSent;

/** The script's side of a forwarded request. Each method may park: then the matching call below resumes. */
export interface ForwardingOwner {
  /** Before a branch is sent; resumes with `context.branchDecided`. */
  onBranch(branch: Branch): Decision;
  /** The changes that the script has made to a response so far, before `onReply` sees it. */
  replyEdits(response: SipMessage): EditList;
  /** For each response, before it is acted on; resumes with `context.replyDecided`. Finals cannot be dropped. */
  onReply(branch: Branch, response: SipMessage, edits: EditList): Decision;
  /** A branch has failed; resumes with `context.branchFailureHandled`. Not for one that could not be sent at once: `forward` tells that. */
  onBranchFailure(branch: Branch): 'go' | 'parked';
  /** All branches have failed and nothing was sent upstream; resumes with `context.failureHandled`. */
  onFailure(context: ResponseContext): 'go' | 'parked';
  /** A final response went upstream: nothing is forwarded any more, and no failure route runs. */
  onAnswered(): void;
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
  branches: readonly Branch[] = NO_BRANCHES;
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
  /** Responses of branches before this index are not sent upstream any more. */
  #candidatesStart = 0;
  /** Final status sent upstream, 0 before. */
  #finalStatus = 0;
  #handlingFailure = false;
  /** Failed branches that the script is still looking at. */
  #branchFailures = 0;
  /** `forward` is at work: what fails meanwhile is told by its result. */
  #forwarding = false;
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

  /** True while any branch may still answer, or a new one be added because one has failed. */
  get waiting(): boolean {
    if (this.#branchFailures > 0) return true;
    for (const branch of this.branches) if (branch.state !== 'final') return true;
    return false;
  }

  /**
   * Answers the request ourselves. A final answer gives up the branches that are under way.
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
    if (status >= 200) {
      this.#finalStatus = status;
      this.#cancelAllBut(undefined, '');
    }
    this.server.respond(status, text);
    this.#forgetWhenAnswered();
    return true;
  }

  /**
   * Forwards the request to all targets at once (§16.6). `edits` are the changes that all branches
   * share.
   *
   * @returns how many branches were made, or why none was; branches that failed at once are then forgotten
   */
  forward(targets: readonly Target[], edits: RequestEdits): number | NotForwarded {
    const { options } = this.proxy;
    if (this.#finalStatus !== 0 || this.cancelled) return 'over';
    if (this.branches.length + targets.length > options.maxBranches) return 'too-many-branches';
    const breadths = breadthOfBranches(this.request, targets.length, options.maxBreadth);
    if (breadths === undefined) return 'no-breadth';
    const first = this.branches.length;
    const added = targets.map((target, index) => new Branch(this, first + index, target, edits.copy(), breadths[index]!));
    this.branches = first === 0 ? added : [...this.branches, ...added];
    this.#forwarding = true;
    for (let index = first; index < this.branches.length; index += 1) {
      const branch = this.branches[index]!;
      const decision = this.owner.onBranch(branch);
      if (decision !== 'parked') this.#start(branch, decision);
    }
    this.#forwarding = false;
    const reason = this.#notSentReason(first);
    if (reason !== undefined) {
      this.branches = this.branches.slice(0, first);
      return reason;
    }
    this.#check();
    return targets.length;
  }

  /** Why none of the branches from `first` on was sent, the gravest reason of all; undefined when one was. */
  #notSentReason(first: number): NotSent | undefined {
    let gravest: NotSent | undefined;
    for (let index = first; index < this.branches.length; index += 1) {
      const { notSent } = this.branches[index]!;
      if (notSent === undefined) return undefined;
      if (gravest === undefined || GRAVITY.indexOf(notSent) > GRAVITY.indexOf(gravest)) gravest = notSent;
    }
    return gravest;
  }

  branchDecided(branch: Branch, decision: 'go' | 'drop'): void {
    this.#start(branch, decision);
    this.#check();
  }

  #start(branch: Branch, decision: 'go' | 'drop'): void {
    if (branch.state !== 'new') return;
    if (decision === 'go') branch.send();
    else branch.drop();
  }

  /** The caller gives up (§9.2, §16.10): all branches are cancelled, the INVITE ends with 487. */
  cancel(headers: string): void {
    if (this.cancelled || this.#finalStatus !== 0) return;
    this.cancelled = true;
    this.cancelReason = headers;
    for (const branch of this.branches) branch.cancel(headers);
    if (!this.waiting && !this.#handlingFailure) this.#check(true);
  }

  /** Gives up some branches, as a script asks for; the others and the request go on. */
  cancelBranches(which: (branch: Branch) => boolean): void {
    for (const branch of this.branches) if (which(branch)) branch.cancel('');
    this.#check();
  }

  /** No response of the branches so far is sent upstream any more: what comes counts, or else a 500. */
  dropReplies(): void {
    this.#candidatesStart = this.branches.length;
  }

  // Responses.

  /** A response came in on a branch. */
  receive(branch: Branch, response: SipMessage): void {
    const edits = this.owner.replyEdits(response);
    removeTopmostVia(response, edits);
    branch.status = response.status;
    branch.replied = true;
    branch.response = response;
    const decision = this.owner.onReply(branch, response, edits);
    if (decision !== 'parked') this.replyDecided(branch, response, edits, decision);
  }

  /** Acts on a response that the script has seen (§16.7). Only provisional ones can be dropped. */
  replyDecided(branch: Branch, response: SipMessage, edits: EditList, decision: 'go' | 'drop'): void {
    this.#act(branch, response, edits, decision);
    this.#forgetWhenAnswered();
  }

  #act(branch: Branch, response: SipMessage, edits: EditList, decision: 'go' | 'drop'): void {
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
    if (status >= 600) this.#cancelAllBut(branch, '');
    this.#branchFailed(branch);
  }

  /** A branch failed without a response: too slow, unreachable, not allowed. */
  receiveLocal(branch: Branch, status: number): void {
    if (branch.state === 'final') return;
    branch.state = 'final';
    branch.status = status;
    branch.replied = false;
    branch.response = undefined;
    this.#branchFailed(branch);
  }

  /**
   * An answered request lingers for half a minute to recognise retransmissions. What its branches have said and what
   * the script has changed is not needed for that; kept, it would be most of what a call costs in memory.
   */
  #forgetWhenAnswered(): void {
    if (this.#finalStatus === 0 || this.#handlingFailure || this.#branchFailures > 0) return;
    for (const branch of this.branches) branch.forgetResponse();
    this.owner.onAnswered();
  }

  #branchFailed(branch: Branch): void {
    if (this.#finalStatus === 0 && !this.#forwarding) {
      this.#branchFailures += 1;
      if (this.owner.onBranchFailure(branch) === 'parked') return;
      this.#branchFailures -= 1;
    }
    this.#check();
  }

  branchFailureHandled(): void {
    this.#branchFailures -= 1;
    this.#check();
  }

  #succeed(branch: Branch, response: SipMessage, edits: EditList): void {
    // Every 2xx to an INVITE goes upstream, the later ones too (§16.7 step 5); of other methods the first.
    const first = this.#finalStatus === 0;
    if (!first && this.request.method !== 'INVITE') return;
    branch.state = 'final';
    if (first) {
      this.#finalStatus = response.status;
      this.#cancelAllBut(branch, 'Reason: SIP;cause=200;text="Call completed elsewhere"\r\n');
    }
    const text = edits.apply(response.raw, 0, response.bodyEnd);
    // What may yet come of an accepted INVITE needs nothing of us, unless another branch may answer too.
    if (first && this.request.method === 'INVITE' && this.source.protocol === 'udp' && this.branches.length === 1) branch.accept(this.server, response, text);
    else this.server.respond(response.status, text);
  }

  #cancelAllBut(winner: Branch | undefined, headers: string): void {
    for (const branch of this.branches) if (branch !== winner) branch.cancel(headers);
  }

  /** When every branch of this attempt has failed: the failure route, then the best response (§16.7 steps 6 to 9). */
  #check(cancelledBeforeForwarding = false): void {
    if (this.#finalStatus !== 0 || this.#handlingFailure || this.#forwarding || this.waiting) return;
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
    // The route may have answered by itself.
    this.#forgetWhenAnswered();
    if (this.#finalStatus !== 0 || this.waiting) return;
    // Branches that were added by the failure route and have failed already have their turn.
    if (this.#attemptStart < this.branches.length) this.#check();
    else this.#sendBest();
  }

  #sendBest(): void {
    const best = chooseResponse(this.#candidatesStart === 0 ? this.branches : this.branches.slice(this.#candidatesStart));
    this.#chosen = best;
    if (this.cancelled) {
      this.reply(487, reasonPhrase(487));
      return;
    }
    const response = best?.response;
    if (best === undefined || response === undefined) {
      this.#replyLocally(best?.status ?? 500);
      return;
    }
    // §16.7 step 6: our caller must not stop using us because someone behind us is busy.
    if (response.status === 503) {
      this.reply(500, 'Server Internal Error');
      return;
    }
    const edits = best.finalEdits!;
    if (response.status === 401 || response.status === 407) gatherChallenges(response, this.branches, edits);
    this.#finalStatus = response.status;
    this.server.respond(response.status, edits.apply(response.raw, 0, response.bodyEnd));
    this.#forgetWhenAnswered();
  }

  #replyLocally(status: number): void {
    if (status === 408 && this.request.method !== 'INVITE') {
      // RFC 4320 §4.2: the client has given up by now, and a 408 would only make it avoid us.
      this.#finalStatus = 408;
      this.server.terminate();
      return;
    }
    const shown = status === 503 ? 500 : status;
    this.reply(shown, reasonPhrase(shown));
  }

  // From the server transaction.

  onTransactionFailure(_failure: TransactionFailure): void {
    // No ACK came, or the caller is gone: there is nobody left to tell.
  }

  onTransactionEnded(): void {
    this.owner.onEnded(this);
  }
}

/** Most requests never have more branches than they are first forwarded in: an array that grows would be kept too large. */
const NO_BRANCHES: readonly Branch[] = [];

/** Why a branch was not sent, the worse behind (Kamailio reports the lowest of its error codes). */
const GRAVITY: readonly NotSent[] = ['dropped', 'forbidden', 'unresolvable', 'bad-uri'];
