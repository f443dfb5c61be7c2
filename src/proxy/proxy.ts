import type { Endpoint } from '../sip/endpoint/endpoint.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { Destination, Source } from '../sip/transport/transport.ts';
import { hasNoHopLeft, writeForwarded, type ForwardedRequest } from './forward-request.ts';
import { removeTopmostVia } from './forward-response.ts';
import type { NextHops, NoNextHop } from './next-hop.ts';
import type { ProxyOptions, ProxyParts } from './proxy-parts.ts';
import { ResponseContext, type ForwardingOwner } from './response-context.ts';
import type { RequestEdits } from './request-edits.ts';
import { nextHopUri, type Target } from './target.ts';

/** The stateful proxy of §16, and stateless forwarding for what has no transaction. */
export class Proxy implements ProxyParts {
  readonly endpoint: Endpoint;
  readonly nextHops: NextHops;
  readonly options: ProxyOptions;

  constructor(endpoint: Endpoint, nextHops: NextHops, options: ProxyOptions) {
    this.endpoint = endpoint;
    this.nextHops = nextHops;
    this.options = options;
  }

  /** Opens the response context of a request whose server transaction exists. */
  open(server: ServerTransaction, owner: ForwardingOwner): ResponseContext {
    return new ResponseContext(this, server, owner);
  }

  /**
   * Deals with a CANCEL (§16.10): it is answered with 200 by itself and every branch of its request
   * is given up. A request that is held while its route waits is cancelled when it becomes a
   * transaction. False when the CANCEL matches nothing.
   */
  cancel(request: SipMessage, source: Source): boolean {
    const server = this.endpoint.findCancelled(request);
    if (server === undefined && !this.endpoint.knowsCancelled(request)) return false;
    this.endpoint.replyStatelessly(request, source, { status: 200, reason: 'canceling' });
    const reason = request.fieldsNamed('Reason').map((index) => request.raw.slice(request.fieldStart(index), request.fieldEnd(index))).join('');
    const context = server?.user;
    if (context instanceof ResponseContext) context.cancel(reason);
    else if (server?.held === true) server.cancelledWhileHeld = reason;
    return true;
  }

  /**
   * Forwards a request without state (§16.11): the ACK of a 2xx, and whatever a script sends with
   * `forward`. Retransmissions get the same branch.
   *
   * @returns why it was not forwarded, or undefined when it was sent or a look-up is under way
   */
  forwardStatelessly(request: SipMessage, source: Source, target: Target, edits: RequestEdits, forceRport: boolean): NoNextHop | 'too-many-hops' | undefined {
    if (hasNoHopLeft(request, edits)) return 'too-many-hops';
    const uri = nextHopUri(target);
    if (uri === undefined) return 'unresolvable';
    const forwarded = { request, source, forceRport };
    const hop = this.nextHops.find(uri);
    if (!(hop instanceof Promise)) return this.#sendStatelessly(forwarded, target, edits, hop);
    hop.then((found) => this.#sendStatelessly(forwarded, target, edits, found)).catch((thrown: unknown) => this.endpoint.defect(thrown, request));
    return undefined;
  }

  /** Passes on a response that has no transaction here to the next Via, without ours (§16.11). */
  forwardResponse(response: SipMessage, edits = new EditList()): void {
    removeTopmostVia(response, edits);
    this.endpoint.forwardStatelessly(response, edits);
  }

  #sendStatelessly(forwarded: ForwardedRequest, target: Target, edits: RequestEdits, hop: Destination | NoNextHop): NoNextHop | undefined {
    if (typeof hop === 'string') return hop;
    const branch = this.endpoint.statelessBranch(forwarded.request);
    this.endpoint.send(writeForwarded(forwarded, edits, target, this.endpoint.hop(forwarded.source, hop, branch), -1), hop);
    return undefined;
  }
}
