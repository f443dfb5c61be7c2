import type { Branch } from '../proxy/branch.ts';
import { RequestEdits } from '../proxy/request-edits.ts';
import type { Target } from '../proxy/target.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { Source } from '../sip/transport/transport.ts';
import { parseUri, type Uri } from '../sip/uri/uri.ts';
import { AttributeValues } from './attribute-values.ts';
import { Callbacks } from './callbacks.ts';
import { RouteLocals } from './modules/route-locals.ts';
import type { ScriptServices } from './services.ts';
import type { RouteProgress, RouteTransaction } from './route-transaction.ts';
import type { SuspendedTransactions } from './suspended-transactions.ts';
import type { RouteRun, ScriptEngine } from './vm/engine.ts';

/** Which callback of the script is running; it decides what some functions may do. */
export type RouteKind = 'request' | 'reply' | 'onreply' | 'branch' | 'failure' | 'branch_failure' | 'event';

/** Who executes routes: what a route needs to run another one, such as the branch route of its transaction. */
export interface RouteRunner {
  readonly services: ScriptServices;
  readonly engine: ScriptEngine<RouteContext>;
  readonly suspended: SuspendedTransactions;
  /** The route that is looking at this response right now, so that later callbacks see its changes. */
  replyRouteOf(response: SipMessage): RouteContext | undefined;
  /** Runs a callback that has no message of its own, with a text as its argument; see `Router`. */
  runEvent(callback: string, event: string, whenDone?: () => void, prepare?: (route: RouteContext) => void): void;
}

/** Who goes on when a route that had to wait has ended. */
export interface RouteOwner {
  routeEnded(route: RouteContext): void;
}

/**
 * The execution of one callback: the message, what the script has changed so far, flags,
 * attribute-value pairs and the transaction. It is the first argument of every KSR row and travels
 * with the coroutine; nothing about "the current message" is global.
 */
export class RouteContext implements RouteRun {
  readonly runner: RouteRunner;
  readonly message: SipMessage;
  readonly source: Source;
  /** Changes to the message; those of a request become the branches' when it is relayed. */
  edits: EditList;
  kind: RouteKind;
  transaction: RouteTransaction | undefined = undefined;
  /** The branch of a branch route, or that a reply came in on. */
  branch: Branch | undefined = undefined;
  /** The request was given a place in the transaction table because its route waits. */
  held: ServerTransaction | undefined = undefined;
  /** In a reply route: what the response answers; undefined when that was forwarded without state. */
  answered: ClientTransaction | undefined = undefined;
  /** The route goes on where a suspended one stopped (KEMI `t_continue`). */
  resumed = false;
  owner: RouteOwner | undefined = undefined;

  /** `$ru`. */
  requestUri: string;
  /** `$du`, '' when there is none. */
  destinationUri = '';
  /** Path of the binding that `$ru` came from. */
  path = '';
  /** `$ru` is a target that has not been forwarded to yet (Kamailio: `ruri_is_new`). */
  requestUriIsNew: boolean;
  /** Further targets: `append_branch`, and what `lookup` found beside the first. */
  readonly appended: Target[] = [];
  /** Record id of the binding that `$ru` came from, '' when it came from none. */
  ruid = '';
  q = -1;

  /** Message flags (`setflag`), branch flags (`setbflag`) and script flags (`setsflag`), a bit each. */
  flags = 0;
  branchFlags = 0;
  scriptFlags = 0;
  /** What a transaction takes over when it begins; undefined as long as there are none. */
  ownAttributes: AttributeValues | undefined = undefined;

  forceRport = false;
  /** `KSR.x.drop()` or `KSR.set_drop()` was called. */
  dropped = false;
  failed = false;
  /** Parameters of our own Route after `loose_route`; undefined before. */
  routeParams: string | undefined = undefined;
  /** A reply without a transaction went out. */
  repliedStatelessly = false;
  /** Lines that `append_to_reply` collects for the next reply. */
  replyHeaders = '';
  /** From `t_set_fr` before there is a transaction, in milliseconds; 0 keeps the configured time. */
  firstResponseMs = 0;
  ringMs = 0;
  /** `t_set_disable_internal_reply`: a `t_relay` that fails leaves the answer to the script. */
  noDelayedReply = false;
  /** Groups of contacts that `t_next_contacts` has yet to try, before there is a transaction. */
  contactQueue: Target[][] = [];
  /** Realm and user of credentials that were accepted; '' before. */
  authUser = '';
  authRealm = '';
  #callbacks: Callbacks | undefined = undefined;
  #locals: RouteLocals | undefined = undefined;

  // `$ru` and `$du` are looked at again and again by one route: each text is parsed once.
  #requestUriText = '';
  #requestUri: Uri | undefined = undefined;
  #destinationUriText = '';
  #destinationUri: Uri | undefined = undefined;

  constructor(runner: RouteRunner, kind: RouteKind, message: SipMessage, source: Source, edits?: EditList) {
    this.runner = runner;
    this.kind = kind;
    this.message = message;
    this.source = source;
    this.edits = edits ?? new RequestEdits();
    // The message has taken its Request-URI apart already.
    if (message.isRequest) this.#requestUri = message.requestUri;
    this.requestUri = this.#requestUriText = this.#requestUri?.text ?? '';
    this.requestUriIsNew = kind === 'request';
  }

  get services(): ScriptServices {
    return this.runner.services;
  }

  /** What modules keep for this run: SQL results, fetched items, iterators. */
  get locals(): RouteLocals {
    return (this.#locals ??= new RouteLocals());
  }

  /** Those of the transaction, or before there is one those that it will get, if there are any yet. */
  get attributes(): AttributeValues {
    return this.transaction?.attributes ?? (this.ownAttributes ??= new AttributeValues());
  }

  /** Those of the transaction, or before there is one those that it will get. */
  get callbacks(): Callbacks {
    return this.transaction?.callbacks ?? (this.#callbacks ??= new Callbacks());
  }

  get callId(): string {
    return this.message.callId;
  }

  /** `$ru` taken apart; undefined in replies and when it cannot be parsed. */
  get parsedRequestUri(): Uri | undefined {
    if (this.requestUri !== this.#requestUriText) {
      this.#requestUriText = this.requestUri;
      this.#requestUri = parseUri(this.requestUri);
    }
    return this.#requestUri;
  }

  /** `$du` taken apart; undefined when there is none or it cannot be parsed. */
  get parsedDestinationUri(): Uri | undefined {
    if (this.destinationUri !== this.#destinationUriText) {
      this.#destinationUriText = this.destinationUri;
      this.#destinationUri = parseUri(this.destinationUri);
    }
    return this.#destinationUri;
  }

  /** Of the next hop what was taken apart before, if it was. */
  #nextHop(): Uri | undefined {
    if (this.destinationUri !== '') return this.destinationUri === this.#destinationUriText ? this.#destinationUri : undefined;
    return this.requestUri === this.#requestUriText ? this.#requestUri : undefined;
  }

  /** The changes to a request, which know of Record-Route too. */
  get requestEdits(): RequestEdits {
    return this.edits as RequestEdits;
  }

  setDrop(): void {
    this.dropped = true;
  }

  onCompleted(): void {
    this.owner?.routeEnded(this);
  }

  /** Sets `$ru`; it then counts as a target that was not tried. */
  setRequestUri(uri: string): void {
    this.requestUri = uri;
    this.requestUriIsNew = true;
  }

  /** The destination set: `$ru` unless it was used up, then the appended targets. */
  takeTargets(): Target[] {
    const targets = this.requestUriIsNew ? [this.ownTarget()] : [];
    for (const further of this.appended) targets.push(further);
    this.requestUriIsNew = false;
    this.appended.length = 0;
    return targets;
  }

  /** Goes on from where another route of this request has stopped. */
  takeOver(earlier: RouteProgress): void {
    this.requestUri = earlier.requestUri;
    this.destinationUri = earlier.destinationUri;
    this.path = earlier.path;
    this.requestUriIsNew = earlier.requestUriIsNew;
    this.appended.push(...earlier.appended);
    this.ruid = earlier.ruid;
    this.q = earlier.q;
    this.branchFlags = earlier.branchFlags;
    this.routeParams = earlier.routeParams;
    this.replyHeaders = earlier.replyHeaders;
    this.authUser = earlier.authUser;
    this.authRealm = earlier.authRealm;
  }

  ownTarget(): Target {
    const { requestUri, destinationUri, path, q, branchFlags: flags, ruid } = this;
    return { requestUri, destinationUri, path, q, flags, ruid, parsed: this.#nextHop() };
  }
}
