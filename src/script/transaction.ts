import type { Branch } from '../proxy/branch.ts';
import type { Proxy } from '../proxy/proxy.ts';
import type { RequestEdits } from '../proxy/request-edits.ts';
import type { Decision, ForwardingOwner, ResponseContext } from '../proxy/response-context.ts';
import type { Target } from '../proxy/target.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { AttributeValues } from './attribute-values.ts';
import { RouteContext, type RouteRunner } from './route-context.ts';
import type { RouteTransaction } from './route-transaction.ts';

/**
 * A transaction as scripts see it (Kamailio's `tm` cell): the response context of the proxy, the
 * callbacks that the script has named, and what is kept of the request route for those callbacks.
 */
export class Transaction implements ForwardingOwner, RouteTransaction {
  readonly context: ResponseContext;
  readonly attributes: AttributeValues;
  onBranchRoute: string;
  onReplyRoute: string;
  onFailureRoute: string;
  onBranchFailureRoute: string;
  flags: number;
  edits: RequestEdits;
  requestUri: string;
  delayedReply: RouteTransaction['delayedReply'] = undefined;
  contactQueue: Target[][];
  readonly #runner: RouteRunner;

  constructor(proxy: Proxy, server: ServerTransaction, route: RouteContext) {
    this.#runner = route.runner;
    server.forceRport = route.forceRport;
    this.context = proxy.open(server, this);
    this.attributes = route.attributes;
    this.onBranchRoute = route.onBranch;
    this.onReplyRoute = route.onReply;
    this.onFailureRoute = route.onFailure;
    this.onBranchFailureRoute = route.onBranchFailure;
    this.contactQueue = route.contactQueue;
    this.flags = route.flags;
    this.edits = route.requestEdits;
    this.requestUri = route.requestUri;
    if (route.firstResponseMs > 0) this.context.firstResponseMs = route.firstResponseMs;
    if (route.ringMs > 0) this.context.ringMs = route.ringMs;
  }

  get request(): SipMessage {
    return this.context.request;
  }

  // From the response context.

  onBranch(branch: Branch): Decision {
    if (this.onBranchRoute === '') return 'go';
    const route = this.#route('branch', this.request, branch.edits);
    route.branch = branch;
    route.requestUri = branch.target.requestUri;
    route.destinationUri = branch.target.destinationUri;
    route.path = branch.target.path;
    route.branchFlags = branch.target.flags;
    route.ruid = branch.target.ruid;
    route.whenDone = () => this.context.branchDecided(branch, takeBranch(route, branch));
    const outcome = this.#runner.engine.run(this.onBranchRoute, route);
    return outcome === 'parked' ? 'parked' : takeBranch(route, branch);
  }

  replyEdits(response: SipMessage): EditList {
    return this.#runner.replyRouteOf(response)?.edits ?? new EditList();
  }

  onReply(branch: Branch, response: SipMessage, edits: EditList): Decision {
    if (this.onReplyRoute === '') return 'go';
    const route = this.#runner.replyRouteOf(response) ?? this.#route('onreply', response, edits);
    route.kind = 'onreply';
    route.transaction = this;
    route.attributes = this.attributes;
    route.branch = branch;
    route.flags = this.flags;
    route.dropped = false;
    route.whenDone = () => this.context.replyDecided(branch, response, edits, this.#takeReply(route));
    const outcome = this.#runner.engine.run(this.onReplyRoute, route);
    return outcome === 'parked' ? 'parked' : this.#takeReply(route);
  }

  onFailure(context: ResponseContext): Decision {
    const name = this.onFailureRoute;
    if (name === '') return 'go';
    // KEMI: the callback is disarmed before it runs; the script names it again for the next attempt.
    this.onFailureRoute = '';
    const route = this.#route('failure', this.request, this.edits.copy());
    route.requestUri = this.requestUri;
    route.branch = context.chosen;
    route.whenDone = () => {
      this.flags = route.flags;
      context.failureHandled();
    };
    const outcome = this.#runner.engine.run(name, route);
    if (outcome === 'parked') return 'parked';
    this.flags = route.flags;
    return 'go';
  }

  onEnded(): void {}

  #takeReply(route: RouteContext): 'go' | 'drop' {
    this.flags = route.flags;
    return route.dropped ? 'drop' : 'go';
  }

  #route(kind: 'branch' | 'onreply' | 'failure', message: SipMessage, edits: EditList): RouteContext {
    const route = new RouteContext(this.#runner, kind, message, this.context.source, edits);
    route.transaction = this;
    route.attributes = this.attributes;
    route.flags = this.flags;
    route.forceRport = this.context.forceRport;
    return route;
  }
}

/** What a branch route has made of its branch. */
function takeBranch(route: RouteContext, branch: Branch): 'go' | 'drop' {
  branch.target.requestUri = route.requestUri;
  branch.target.destinationUri = route.destinationUri;
  branch.target.path = route.path;
  branch.target.flags = route.branchFlags;
  return route.dropped ? 'drop' : 'go';
}
