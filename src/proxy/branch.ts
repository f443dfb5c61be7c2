import { Timer, type TimerOwner } from '../base/timer-wheel.ts';
import type { ClientTransaction, ClientTransactionUser } from '../sip/endpoint/client-transaction.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { TransactionFailure } from '../sip/transaction/port.ts';
import type { Destination } from '../sip/transport/transport.ts';
import { parseUri } from '../sip/uri/uri.ts';
import { writeForwarded, type ForwardedRequest } from './forward-request.ts';
import type { ForwardsRequest } from './detect-loop.ts';
import type { NoNextHop } from './next-hop.ts';
import type { RequestEdits } from './request-edits.ts';
import type { ProxyParts } from './proxy-parts.ts';
import type { Target } from './target.ts';

/**
 * `new` until its request is on its way (the script or a name look-up may take time), `sent` until
 * it has a final response, then `final`.
 */
export type BranchState = 'new' | 'sent' | 'final';

/** The final status of a branch that never was sent, by the reason. */
const NOT_SENT: Readonly<Record<NoNextHop, number>> = { unresolvable: 478, forbidden: 403 };

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
  readonly edits: RequestEdits;
  readonly context: BranchContext;
  /** Share of Max-Breadth, -1 to leave the field as it is. */
  readonly breadth: number;
  state: BranchState = 'new';
  /** Status of the last response, made up ones included; 0 before the first. */
  status = 0;
  /** The last response that was received, undefined for one that we made up. */
  response: SipMessage | undefined = undefined;
  /** What the script changed in the final response, and our Via taken off. */
  finalEdits: EditList | undefined = undefined;
  /** True when the final response is ours because the branch stayed silent. */
  timedOut = false;
  readonly #waitTimer = new Timer(this);
  #transaction: ClientTransaction | undefined;
  /** Headers of the CANCEL that waits for a provisional response (§9.1); undefined when none does. */
  #pendingCancel: string | undefined;
  #provisional = false;

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
    const { destinationUri, requestUri } = this.target;
    const uri = parseUri(destinationUri === '' ? requestUri : destinationUri);
    const hop = uri === undefined ? 'unresolvable' : this.context.proxy.nextHops.find(uri);
    if (hop instanceof Promise) void hop.then((found) => this.#sendTo(found));
    else this.#sendTo(hop);
  }

  #sendTo(hop: Destination | NoNextHop): void {
    // The call may have been cancelled or answered while a name was looked up.
    if (this.state !== 'new') return;
    if (typeof hop === 'string') {
      this.#fail(NOT_SENT[hop]);
      return;
    }
    const { proxy, request } = this.context;
    const transaction = proxy.endpoint.openClient(request.method, this);
    this.#transaction = transaction;
    this.state = 'sent';
    const text = writeForwarded(this.context, this.edits, this.target, proxy.endpoint.hop(this.context.source, hop, transaction.branch), this.breadth);
    const { firstResponseMs } = this.context;
    if (firstResponseMs < proxy.endpoint.timings.timeoutMs) proxy.endpoint.clock.arm(this.#waitTimer, firstResponseMs);
    transaction.start(text, hop);
  }

  // From the client transaction.

  onResponse(response: SipMessage): void {
    const { status } = response;
    if (status < 200) this.#receiveProvisional(status);
    else this.stopWaiting();
    this.context.receive(this, response);
  }

  onTransactionFailure(failure: TransactionFailure): void {
    this.timedOut = failure === 'timeout';
    // §16.9: a transport error counts as a 503, which is passed on as 500.
    this.#fail(failure === 'timeout' ? 408 : 503);
  }

  /** The first response, or after it the final one, took too long: `fr_timer`, or timer C (§16.8). */
  onTimer(): void {
    if (this.state !== 'sent') return;
    this.timedOut = true;
    const transaction = this.#transaction!;
    if (transaction.proceeding) transaction.cancel('');
    else transaction.terminate();
    this.#fail(408);
  }

  #receiveProvisional(status: number): void {
    const { proxy, request, ringMs } = this.context;
    if (request.method === 'INVITE') {
      // 100 starts timer C, every other provisional starts it again (§16.7 step 2).
      if (!this.#provisional || status > 100) proxy.endpoint.clock.arm(this.#waitTimer, ringMs);
    }
    this.#provisional = true;
    if (this.#pendingCancel === undefined) return;
    this.#transaction!.cancel(this.#pendingCancel);
    this.#pendingCancel = undefined;
    proxy.endpoint.clock.arm(this.#waitTimer, proxy.endpoint.timings.timeoutMs);
  }

  /** Nobody waits for this branch any more. */
  stopWaiting(): void {
    this.context.proxy.endpoint.clock.disarm(this.#waitTimer);
  }

  #fail(status: number): void {
    this.stopWaiting();
    this.context.receiveLocal(this, status);
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
    if (this.state !== 'sent' || this.context.request.method !== 'INVITE') return;
    const transaction = this.#transaction!;
    if (!transaction.proceeding) {
      this.#pendingCancel = headers;
      return;
    }
    transaction.cancel(headers);
    // §9.1: without an answer 64*T1 after the CANCEL the request counts as cancelled.
    this.context.proxy.endpoint.clock.arm(this.#waitTimer, this.context.proxy.endpoint.timings.timeoutMs);
  }
}
