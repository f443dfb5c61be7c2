import { Timer, type TimerOwner } from '../base/timer-wheel.ts';
import type { Branch } from '../proxy/branch.ts';
import type { Proxy } from '../proxy/proxy.ts';
import { reasonPhrase } from '../proxy/reason-phrase.ts';
import { RequestEdits } from '../proxy/request-edits.ts';
import type { Decision, ForwardingOwner, ResponseContext } from '../proxy/response-context.ts';
import type { Target } from '../proxy/target.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import { AttributeValues } from './attribute-values.ts';
import type { Callbacks } from './callbacks.ts';
import { RouteContext, type RouteOwner, type RouteRunner } from './route-context.ts';
import type { RouteProgress, RouteTransaction } from './route-transaction.ts';

/**
 * A transaction as scripts see it (Kamailio's `tm` cell): the response context of the proxy, the
 * callbacks that the script has named, and what is kept of the request route for those callbacks.
 */
export class Transaction implements ForwardingOwner, RouteTransaction, RouteOwner, TimerOwner {
  readonly context: ResponseContext;
  readonly callbacks: Callbacks;
  flags: number;
  edits: RequestEdits;
  requestUri: string;
  delayedReply: RouteTransaction['delayedReply'] = undefined;
  contactQueue: Target[][];
  suspendedIndex = -1;
  suspendedLabel = -1;
  readonly #runner: RouteRunner;
  /** What the route had come to that `t_suspend` has put aside: the next one goes on from there. */
  #suspended: RouteProgress | undefined;
  #suspensionTimer: Timer | undefined;
  #attributes: AttributeValues | undefined;

  constructor(proxy: Proxy, server: ServerTransaction, route: RouteContext) {
    this.#runner = route.runner;
    server.forceRport = route.forceRport;
    this.context = proxy.open(server, this);
    this.#attributes = route.ownAttributes;
    this.callbacks = route.callbacks;
    this.contactQueue = route.contactQueue;
    this.flags = route.flags;
    this.edits = route.requestEdits;
    this.requestUri = route.requestUri;
    if (route.firstResponseMs > 0) this.context.firstResponseMs = route.firstResponseMs;
    if (route.ringMs > 0) this.context.ringMs = route.ringMs;
  }

  get attributes(): AttributeValues {
    return (this.#attributes ??= new AttributeValues());
  }

  get request(): SipMessage {
    return this.context.request;
  }

  // From the response context.

  onBranch(branch: Branch): Decision {
    if (this.callbacks.branch === '') return 'go';
    const route = this.#route('branch', this.request, branch.edits);
    route.branch = branch;
    route.requestUri = branch.target.requestUri;
    route.destinationUri = branch.target.destinationUri;
    route.path = branch.target.path;
    route.branchFlags = branch.target.flags;
    route.ruid = branch.target.ruid;
    return this.#runner.engine.run(this.callbacks.branch, route) === 'parked' ? 'parked' : this.#takeBranch(route, branch);
  }

  replyEdits(response: SipMessage): EditList {
    return this.#runner.replyRouteOf(response)?.edits ?? new EditList();
  }

  onReply(branch: Branch, response: SipMessage, edits: EditList): Decision {
    if (this.callbacks.reply === '') return 'go';
    const route = this.#runner.replyRouteOf(response) ?? this.#route('onreply', response, edits);
    route.kind = 'onreply';
    route.owner = this;
    route.transaction = this;
    route.branch = branch;
    route.flags = this.flags;
    route.scriptFlags = 0;
    route.dropped = false;
    return this.#runner.engine.run(this.callbacks.reply, route) === 'parked' ? 'parked' : this.#takeReply(route);
  }

  onBranchFailure(branch: Branch): 'go' | 'parked' {
    const name = this.callbacks.branchFailure;
    if (name === '') return 'go';
    // Disarmed before it runs, like the failure callback.
    this.callbacks.branchFailure = '';
    return this.#runFailure('branch_failure', name, branch);
  }

  onFailure(context: ResponseContext): 'go' | 'parked' {
    const name = this.callbacks.failure;
    if (name === '') return 'go';
    // KEMI: the callback is disarmed before it runs; the script names it again for the next attempt.
    this.callbacks.failure = '';
    return this.#runFailure('failure', name, context.chosen);
  }

  onAnswered(): void {
    this.edits = RequestEdits.spent;
    this.contactQueue = NO_CONTACTS;
  }

  onEnded(): void {
    this.#endSuspension();
  }

  // From the engine, for routes that had waited.

  routeEnded(route: RouteContext): void {
    const branch = route.branch!;
    switch (route.kind) {
      case 'branch':
        this.context.branchDecided(branch, this.#takeBranch(route, branch));
        return;
      case 'onreply':
        this.context.replyDecided(branch, route.message, route.edits, this.#takeReply(route));
        return;
      case 'branch_failure':
        this.flags = route.flags;
        this.context.branchFailureHandled();
        return;
      default:
        this.flags = route.flags;
        // As in Kamailio: who resumes a request has to do something with it.
        if (route.resumed) this.settle(true);
        else this.context.failureHandled();
    }
  }

  // Suspension.

  suspend(progress: RouteProgress): void {
    const { suspended, services } = this.#runner;
    if (this.#suspended === undefined) {
      this.suspendedLabel = suspended.add(this);
      this.suspendedIndex = this.suspendedLabel % INDEXES;
    }
    this.#suspended = progress;
    this.#suspensionTimer ??= new Timer(this);
    services.clock.arm(this.#suspensionTimer, this.context.firstResponseMs);
  }

  resume(name: string): boolean {
    const earlier = this.#suspended;
    if (earlier === undefined || this.context.finalStatus !== 0) return false;
    this.#endSuspension();
    const route = this.#route('failure', this.request, earlier.edits);
    route.resumed = true;
    route.takeOver(earlier);
    if (this.#runner.engine.run(name, route) === 'completed') this.routeEnded(route);
    return true;
  }

  /** Nobody has continued the transaction in time. */
  onTimer(): void {
    this.#endSuspension();
    if (this.request.method === 'INVITE') this.context.reply(408, reasonPhrase(408));
    // RFC 4320 §4.2: no 408 for others.
    else this.context.server.terminate();
  }

  settle(failed: boolean): void {
    const { context } = this;
    if (this.#suspended !== undefined || context.finalStatus !== 0 || context.branches.length > 0) return;
    const due = this.delayedReply ?? (failed ? SERVER_ERROR : undefined);
    if (due !== undefined) context.reply(due.status, due.reason, due.headers);
    else context.server.terminate();
  }

  #endSuspension(): void {
    if (this.#suspended === undefined) return;
    this.#suspended = undefined;
    this.#runner.suspended.remove(this.suspendedLabel);
    if (this.#suspensionTimer !== undefined) this.#runner.services.clock.disarm(this.#suspensionTimer);
  }

  #runFailure(kind: 'failure' | 'branch_failure', name: string, branch: Branch | undefined): 'go' | 'parked' {
    const route = this.#route(kind, this.request, this.edits.copy());
    route.requestUri = this.requestUri;
    route.branch = branch;
    if (this.#runner.engine.run(name, route) === 'parked') return 'parked';
    this.flags = route.flags;
    return 'go';
  }

  /** What a branch route has made of its branch. */
  #takeBranch(route: RouteContext, branch: Branch): 'go' | 'drop' {
    this.flags = route.flags;
    branch.target.requestUri = route.requestUri;
    branch.target.destinationUri = route.destinationUri;
    branch.target.path = route.path;
    branch.target.flags = route.branchFlags;
    return route.dropped ? 'drop' : 'go';
  }

  #takeReply(route: RouteContext): 'go' | 'drop' {
    this.flags = route.flags;
    return route.dropped ? 'drop' : 'go';
  }

  #route(kind: 'branch' | 'onreply' | 'failure' | 'branch_failure', message: SipMessage, edits: EditList): RouteContext {
    const route = new RouteContext(this.#runner, kind, message, this.context.source, edits);
    route.owner = this;
    route.transaction = this;
    route.flags = this.flags;
    route.forceRport = this.context.forceRport;
    return route;
  }
}

/** A script that fails must not leave its caller waiting for 32 seconds; Kamailio sends nothing here. */
export const SERVER_ERROR = { status: 500, reason: reasonPhrase(500), headers: '' };

const NO_CONTACTS: Target[][] = [];

/** Kamailio tells a transaction by its place in a table and a label; here the label says it all. */
const INDEXES = 65_536;
