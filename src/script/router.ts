import type { Counter } from '../base/counters.ts';
import { EditList } from '../sip/message/edit-list.ts';
import { parseMessage, isParseFailure } from '../sip/message/parse-message.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import type { EndpointUser } from '../sip/endpoint/endpoint.ts';
import { removeTopmostVia } from '../proxy/forward-response.ts';
import { reasonPhrase } from '../proxy/reason-phrase.ts';
import type { Source } from '../sip/transport/transport.ts';
import { RouteContext, type RouteRunner } from './route-context.ts';
import type { ScriptServices } from './services.ts';
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
export class Router implements EndpointUser, RouteRunner {
  readonly services: ScriptServices;
  readonly engine: ScriptEngine<RouteContext>;
  readonly #failedRoutes: Counter;
  #reply: RouteContext | undefined;

  constructor(services: ScriptServices, engine: ScriptEngine<RouteContext>) {
    this.services = services;
    this.engine = engine;
    this.#failedRoutes = services.counters.define('script.failed_routes', 'Routes that ended with an error of the script');
  }

  onRequest(request: SipMessage, source: Source): void {
    const route = new RouteContext(this, 'request', request, source);
    route.whenDone = () => this.#endRequest(route);
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
    route.whenDone = () => this.#endReply(route, transaction);
    if (this.engine.run(REPLY_ROUTE, route) === 'completed') this.#endReply(route, transaction);
  }

  /**
   * Runs a callback that has no message of its own, with the event's name as its argument. Nothing
   * happens when the script does not have it.
   *
   * @param whenDone called when the callback has ended, also when it had to wait
   */
  runEvent(callback: string, event: string, whenDone: () => void = () => {}): void {
    if (!this.engine.has(callback)) {
      whenDone();
      return;
    }
    const route = new RouteContext(this, 'event', fakedRequest(), FAKED_SOURCE);
    const end = (): void => {
      if (route.failed) this.#failedRoutes.value += 1;
      whenDone();
    };
    route.whenDone = end;
    if (this.engine.run(callback, route, event) === 'completed') end();
  }

  replyRouteOf(response: SipMessage): RouteContext | undefined {
    return this.#reply?.message === response ? this.#reply : undefined;
  }

  #endReply(route: RouteContext, transaction: ClientTransaction | undefined): void {
    if (route.failed) this.#failedRoutes.value += 1;
    // KEMI: an error does not stop a reply, only `drop` does.
    if (!route.dropped) this.#passOn(route.message, transaction, route);
  }

  #passOn(response: SipMessage, transaction: ClientTransaction | undefined, route: RouteContext | undefined): void {
    if (transaction === undefined) {
      const edits = route?.edits ?? new EditList();
      removeTopmostVia(response, edits);
      this.services.endpoint.forwardStatelessly(response, edits);
      return;
    }
    this.#reply = route;
    transaction.receive(response);
    this.#reply = undefined;
  }

  /** What is left when the request route has ended: nobody may be left without an answer for ever. */
  #endRequest(route: RouteContext): void {
    const { transaction, held } = route;
    if (route.failed) this.#failedRoutes.value += 1;
    if (transaction !== undefined) {
      const { context } = transaction;
      if (context.finalStatus !== 0 || context.waiting || context.branches.length > 0) return;
      const delayed = transaction.delayedReply ?? (route.failed ? SERVER_ERROR : undefined);
      if (delayed !== undefined) context.reply(delayed.status, delayed.reason, delayed.headers);
      else context.server.terminate();
      return;
    }
    held?.release();
    if (route.failed && !route.repliedStatelessly) this.services.endpoint.replyStatelessly(route.message, route.source, SERVER_ERROR);
  }
}

/** A script that fails must not leave its caller waiting for 32 seconds; Kamailio sends nothing here. */
const SERVER_ERROR = { status: 500, reason: reasonPhrase(500), headers: '' };

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
