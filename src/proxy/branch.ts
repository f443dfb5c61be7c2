import { Timer, type TimerOwner } from '../base/timer-wheel.ts';
import type { ClientTransaction, ClientTransactionUser } from '../sip/endpoint/client-transaction.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { TransactionFailure } from '../sip/transaction/port.ts';
import type { Destination } from '../sip/transport/transport.ts';
import { writeForwarded, type ForwardedRequest } from './forward-request.ts';
import type { ForwardsRequest } from './detect-loop.ts';
import type { NoNextHop } from './next-hop.ts';
import { RequestEdits } from './request-edits.ts';
import type { ProxyParts } from './proxy-parts.ts';
import { nextHopUri, type Target } from './target.ts';

/**
 * `new` until its request is on its way (the script or a name look-up may take time), `sent` until
 * it has a final response, then `final`.
 */
export type BranchState = 'new' | 'sent' | 'final';

/** Why a branch never was sent: no next hop, or the script dropped it. */
export type NotSent = NoNextHop | 'bad-uri' | 'dropped';

/** The final status of a branch that never was sent, by the reason. */
const NOT_SENT: Readonly<Record<NotSent, number>> = { unresolvable: 478, 'bad-uri': 479, forbidden: 403, dropped: 500 };

/** What a branch needs of the response context that it belongs to. */
export interface BranchContext extends ForwardedRequest {
  readonly proxy: ProxyParts;
  /** How long the branch may take to its first response, in milliseconds. */
  readonly firstResponseMs: number;
  /** How long it may ring after that, in milliseconds. */
  readonly ringMs: number;
  /** A response came in. */
  receive(branch: Branch, response: SipMessage): void;
  /** The branch ended without one: with this status. */
  receiveLocal(branch: Branch, status: number): void;
}

/** One copy of a request on its way to one target: what the response context knows of it (§16.6, §16.7). */
export class Branch implements ClientTransactionUser, TimerOwner, ForwardsRequest {
  readonly index: number;
  readonly target: Target;
  /** Until the request is sent. */
  edits: RequestEdits;
  readonly context: BranchContext;
  /** Share of Max-Breadth, -1 to leave the field as it is. */
  readonly breadth: number;
  state: BranchState = 'new';
  /** Status of the last response, made up ones included; 0 before the first. */
  status = 0;
  /** True when the last response was received, not made up by us. */
  replied = false;
  /** That response, until one went upstream. */
  response: SipMessage | undefined = undefined;
  /** What the script changed in the final response, and our Via taken off. */
  finalEdits: EditList | undefined = undefined;
  /** True when the final response is ours because the branch stayed silent. */
  timedOut = false;
  /** Why the branch never was sent, undefined when it was or may yet be. */
  notSent: NotSent | undefined = undefined;
  /** While something is waited for. */
  #waitTimer: Timer | undefined;
  #transaction: ClientTransaction | undefined;
  /** Headers of the CANCEL that waits for a provisional response (§9.1); undefined when none does. */
  #pendingCancel: string | undefined;
  #cancelSent = false;
  #provisional = false;
  /** A final response came in; it counts, whatever becomes of the transaction while the script looks at it. */
  #finalReceived = false;

  constructor(context: BranchContext, index: number, target: Target, edits: RequestEdits, breadth: number) {
    this.context = context;
    this.index = index;
    this.target = target;
    this.edits = edits;
    this.breadth = breadth;
  }

  get forwardedRequest(): SipMessage {
    return this.context.request;
  }

  /** The branch parameter of our Via, '' before the request is sent. */
  get branchId(): string {
    return this.#transaction?.branch ?? '';
  }

  /** Looks for the next hop and sends; a look-up that takes time sends when it is done (§16.6 step 7). */
  send(): void {
    const uri = nextHopUri(this.target);
    if (uri === undefined) {
      this.#failUnsent('bad-uri');
      return;
    }
    const hop = this.context.proxy.nextHops.find(uri);
    if (hop instanceof Promise) hop.then((found) => this.#sendTo(found)).catch((thrown: unknown) => this.#onDefect(thrown));
    else this.#sendTo(hop);
  }

  /** The script does not want the branch to be sent. */
  drop(): void {
    this.#failUnsent('dropped');
  }

  #sendTo(hop: Destination | NoNextHop): void {
    // The call may have been cancelled or answered while a name was looked up.
    if (this.state !== 'new') return;
    if (typeof hop === 'string') {
      this.#failUnsent(hop);
      return;
    }
    const { proxy, request } = this.context;
    const transaction = proxy.endpoint.openClient(request.method, this);
    this.#transaction = transaction;
    this.state = 'sent';
    const text = writeForwarded(this.context, this.edits, this.target, proxy.endpoint.hop(this.context.source, hop, transaction.branch), this.breadth);
    this.edits = RequestEdits.spent;
    this.target.parsed = undefined;
    const { firstResponseMs } = this.context;
    if (firstResponseMs < proxy.endpoint.timings.timeoutMs) this.#wait(firstResponseMs);
    transaction.start(text, hop);
  }

  /** A final response went upstream: nobody chooses among those of the branches any more. */
  forgetResponse(): void {
    this.response = undefined;
    this.finalEdits = undefined;
  }

  /** Passes on the 2xx of this branch, the only one: both transactions end (see `Endpoint.accept`). */
  accept(server: ServerTransaction, response: SipMessage, text: string): void {
    this.context.proxy.endpoint.accept(server, this.#transaction!, response, text);
  }

  // From the client transaction.

  onResponse(response: SipMessage): void {
    const { status } = response;
    if (status < 200) {
      this.#receiveProvisional(status);
    } else {
      this.#finalReceived = true;
      this.#stopWaiting();
    }
    // Given up and reported as failed: nobody is interested any more, unless somebody has answered.
    if (this.state === 'final' && (status < 200 || status >= 300)) return;
    this.context.receive(this, response);
  }

  onTransactionEnded(): void {
    this.#stopWaiting();
  }

  onTransactionFailure(failure: TransactionFailure): void {
    // It was the ACK that could not be delivered.
    if (this.#finalReceived) return;
    this.timedOut = failure === 'timeout';
    // §16.9: a transport error counts as a 503, which is passed on as 500.
    this.#fail(failure === 'timeout' ? 408 : 503);
  }

  /** The first response, or after it the final one, took too long: `fr_timer`, timer C (§16.8), or the wait after a CANCEL. */
  onTimer(): void {
    try {
      this.#giveUp();
    } catch (thrown) {
      this.#onDefect(thrown);
    }
  }

  #giveUp(): void {
    const transaction = this.#transaction!;
    // A ringing phone gets a CANCEL, and time to answer it; a transaction that proceeds ends only by us.
    if (transaction.proceeding && this.context.request.method === 'INVITE' && !this.#cancelSent) this.#sendCancel('');
    else transaction.terminate();
    if (this.state === 'final') return;
    this.timedOut = true;
    this.context.receiveLocal(this, 408);
  }

  #receiveProvisional(status: number): void {
    const { request, ringMs } = this.context;
    if (request.method !== 'INVITE' || this.#cancelSent) return;
    if (this.#pendingCancel !== undefined) {
      this.#sendCancel(this.#pendingCancel);
      return;
    }
    // The first starts timer C, every other one but 100 starts it again (§16.7 step 2).
    if (!this.#provisional || status > 100) this.#wait(ringMs);
    this.#provisional = true;
  }

  /** §9.1: without an answer 64*T1 after the CANCEL the request counts as cancelled. */
  #sendCancel(headers: string): void {
    const { endpoint } = this.context.proxy;
    this.#cancelSent = true;
    this.#transaction!.cancel(headers);
    this.#wait(endpoint.timings.timeoutMs);
  }

  #wait(delayMs: number): void {
    this.context.proxy.endpoint.clock.arm((this.#waitTimer ??= new Timer(this)), delayMs);
  }

  #stopWaiting(): void {
    if (this.#waitTimer === undefined) return;
    this.context.proxy.endpoint.clock.disarm(this.#waitTimer);
    this.#waitTimer = undefined;
  }

  #fail(status: number): void {
    this.#stopWaiting();
    this.context.receiveLocal(this, status);
  }

  #failUnsent(reason: NotSent): void {
    this.notSent = reason;
    this.#fail(NOT_SENT[reason]);
  }

  /** Nobody must be left waiting because of a defect of ours. */
  #onDefect(thrown: unknown): void {
    this.context.proxy.endpoint.defect(thrown, this.context.request);
    if (this.state !== 'final') this.#fail(500);
  }

  /**
   * Gives the branch up (§16.10): a CANCEL as soon as the branch has answered provisionally, nothing
   * at all when it was never sent. Requests other than INVITE are left alone.
   *
   * @param headers whole header lines for the CANCEL, each with its CRLF
   */
  cancel(headers: string): void {
    if (this.state === 'new') {
      this.state = 'final';
      this.status = 487;
      return;
    }
    if (this.state !== 'sent' || this.context.request.method !== 'INVITE' || this.#cancelSent) return;
    if (this.#transaction!.proceeding) this.#sendCancel(headers);
    else this.#pendingCancel = headers;
  }
}
