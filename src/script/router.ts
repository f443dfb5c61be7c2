import { EditList } from '../sip/message/edit-list.ts';
import { parseMessage, isParseFailure } from '../sip/message/parse-message.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import type { EndpointUser } from '../sip/endpoint/endpoint.ts';
import type { Source } from '../sip/transport/transport.ts';
import { RouteContext, type RouteOwner, type RouteRunner } from './route-context.ts';
import type { ScriptServices } from './services.ts';
import { SuspendedTransactions } from './suspended-transactions.ts';
import { SERVER_ERROR } from './transaction.ts';
import type { ScriptEngine } from './vm/engine.ts';

/** The callbacks that the core itself calls, as KEMI names them. */
const REQUEST_ROUTE = 'ksr_request_route';
const REPLY_ROUTE = 'ksr_reply_route';

/** The request that callbacks without a message see: timers and module events. */
const FAKED_REQUEST = 'OPTIONS sip:you@kamailio.org SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1\r\nFrom: <sip:you@kamailio.org>;tag=123\r\nTo: <sip:you@kamailio.org>\r\nCall-ID: 123\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n';

/**
 * The core above the endpoint: every request runs `ksr_request_route`, every response
 * `ksr_reply_route`, timers and events their own callbacks. A route that waits is parked and its
 * request held, so that retransmissions are absorbed until it goes on.
 */
export class Router implements EndpointUser, RouteRunner, RouteOwner {
  readonly services: ScriptServices;
  readonly engine: ScriptEngine<RouteContext>;
  readonly suspended = new SuspendedTransactions();
  #reply: RouteContext | undefined;

  constructor(services: ScriptServices, engine: ScriptEngine<RouteContext>) {
    this.services = services;
    this.engine = engine;
  }

  onRequest(request: SipMessage, source: Source): void {
    const route = new RouteContext(this, 'request', request, source);
    route.owner = this;
    if (this.engine.run(REQUEST_ROUTE, route) === 'completed') {
      this.#endRequest(route);
      return;
    }
    if (request.method === 'ACK') return;
    // The route waits: from here on the request is known, whatever the script will do with it.
    if (route.transaction === undefined) route.held = this.services.endpoint.hold(request, source);
    else route.transaction.context.server.hold();
  }

  onResponse(response: SipMessage, source: Source, transaction: ClientTransaction | undefined): void {
    if (!this.engine.has(REPLY_ROUTE)) {
      this.#passOn(response, transaction, undefined);
      return;
    }
    const route = new RouteContext(this, 'reply', response, source, new EditList());
    route.owner = this;
    route.answered = transaction;
    if (this.engine.run(REPLY_ROUTE, route) === 'completed') this.#endReply(route);
  }

  /**
   * Runs a callback that has no message of its own, with the event's name as its argument. Nothing
   * happens when the script does not have it.
   *
   * @param whenDone called when the callback has ended, also when it had to wait
   * @param prepare  puts what the event is about where the callback finds it
   */
  runEvent(callback: string, event: string, whenDone: () => void = () => {}, prepare: (route: RouteContext) => void = () => {}): void {
    if (!this.engine.has(callback)) {
      whenDone();
      return;
    }
    const route = new RouteContext(this, 'event', fakedRequest(), FAKED_SOURCE);
    route.owner = { routeEnded: whenDone };
    prepare(route);
    if (this.engine.run(callback, route, event) === 'completed') whenDone();
  }

  /** A route that had to wait has ended. */
  routeEnded(route: RouteContext): void {
    if (route.message.isRequest) this.#endRequest(route);
    else this.#endReply(route);
  }

  replyRouteOf(response: SipMessage): RouteContext | undefined {
    return this.#reply?.message === response ? this.#reply : undefined;
  }

  #endReply(route: RouteContext): void {
    // KEMI: an error does not stop a reply, only `drop` does.
    if (!route.dropped) this.#passOn(route.message, route.answered, route);
  }

  #passOn(response: SipMessage, transaction: ClientTransaction | undefined, route: RouteContext | undefined): void {
    if (transaction === undefined) {
      this.services.proxy.forwardResponse(response, route?.edits);
      return;
    }
    this.#reply = route;
    transaction.receive(response);
    this.#reply = undefined;
  }

  #endRequest(route: RouteContext): void {
    if (route.transaction !== undefined) {
      route.transaction.settle(route.failed);
      return;
    }
    route.held?.release();
    if (route.failed && !route.repliedStatelessly) {
      this.services.endpoint.replyStatelessly(route.message, route.source, { ...SERVER_ERROR, forceRport: route.forceRport });
    }
  }
}

const FAKED_SOURCE: Source = {
  protocol: 'udp',
  address: '127.0.0.1',
  port: 5060,
  local: { protocol: 'udp', address: '127.0.0.1', port: 5060, family: 4 },
  connectionId: 0,
};

function fakedRequest(): SipMessage {
  const parsed = parseMessage(FAKED_REQUEST);
  if (isParseFailure(parsed)) throw new Error(`the faked request cannot be parsed: ${parsed.failure}`);
  return parsed;
}
