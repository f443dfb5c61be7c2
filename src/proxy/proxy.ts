import { VIA } from '../sip/headers/header-id.ts';
import type { Endpoint } from '../sip/endpoint/endpoint.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { Destination, Source } from '../sip/transport/transport.ts';
import { parseUri } from '../sip/uri/uri.ts';
import { writeForwarded } from './forward-request.ts';
import type { NextHops, NoNextHop } from './next-hop.ts';
import type { ProxyOptions, ProxyParts } from './proxy-parts.ts';
import { ResponseContext, type ForwardingOwner } from './response-context.ts';
import type { RequestEdits } from './request-edits.ts';
import type { Target } from './target.ts';

/** The stateful proxy of §16, and stateless forwarding for what has no transaction. */
export class Proxy implements ProxyParts {
  readonly endpoint: Endpoint;
  readonly nextHops: NextHops;
  readonly options: ProxyOptions;
  readonly #contexts = new WeakMap<ServerTransaction, ResponseContext>();

  constructor(endpoint: Endpoint, nextHops: NextHops, options: ProxyOptions) {
    this.endpoint = endpoint;
    this.nextHops = nextHops;
    this.options = options;
  }

  /** Opens the response context of a request whose server transaction exists. */
  open(server: ServerTransaction, owner: ForwardingOwner): ResponseContext {
    const context = new ResponseContext(this, server, owner);
    this.#contexts.set(server, context);
    return context;
  }

  contextOf(server: ServerTransaction): ResponseContext | undefined {
    return this.#contexts.get(server);
  }

  /**
   * Deals with a CANCEL (§16.10): it is answered with 200 by itself and every branch of its request
   * is given up. False when it matches nothing.
   */
  cancel(request: SipMessage, source: Source): boolean {
    const server = this.endpoint.findCancelled(request);
    if (server === undefined) return false;
    this.endpoint.replyStatelessly(request, source, { status: 200, reason: 'canceling' });
    const reason = request.fieldsNamed('Reason').map((index) => request.raw.slice(request.fieldStart(index), request.fieldEnd(index)));
    this.contextOf(server)?.cancel(reason.join(''));
    return true;
  }

  /**
   * Forwards a request without state (§16.11): the ACK of a 2xx, and whatever a script sends with
   * `forward`. Retransmissions get the same branch.
   *
   * @returns why there is no next hop, or undefined when it was sent or a look-up is under way
   */
  forwardStatelessly(request: SipMessage, source: Source, target: Target, edits: RequestEdits, forceRport: boolean): NoNextHop | undefined {
    const uri = parseUri(target.destinationUri === '' ? target.requestUri : target.destinationUri);
    if (uri === undefined) return 'unresolvable';
    const hop = this.nextHops.find(uri);
    const send = (found: Destination | NoNextHop): NoNextHop | undefined => {
      if (typeof found === 'string') return found;
      const branch = this.endpoint.statelessBranch(request.via?.branch ?? request.callId, request.method);
      const text = writeForwarded({ request, source, forceRport }, edits, target, this.endpoint.hop(source, found, branch), -1);
      this.endpoint.send(text, found);
      return undefined;
    };
    if (!(hop instanceof Promise)) return send(hop);
    void hop.then(send);
    return undefined;
  }

  /** Hands a response to a request that was forwarded without state on to where its next Via says. */
  forwardResponseStatelessly(response: SipMessage, edits: EditList): void {
    if (response.findField(VIA) >= 0) this.endpoint.forwardStatelessly(response, edits);
  }
}
