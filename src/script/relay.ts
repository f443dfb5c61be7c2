import { isLooped } from '../proxy/detect-loop.ts';
import { hasNoHopLeft } from '../proxy/forward-request.ts';
import { unsupportedExtensions } from '../proxy/proxy-require.ts';
import type { NotForwarded } from '../proxy/response-context.ts';
import { reasonPhrase } from '../proxy/reason-phrase.ts';
import type { RouteContext } from './route-context.ts';
import type { RouteTransaction } from './route-transaction.ts';
import { Transaction } from './transaction.ts';

/**
 * Makes the request of a route a transaction (KEMI `t_newtran`). A request that was held because
 * its route waited becomes one in place.
 */
export function openTransaction(route: RouteContext): Transaction {
  const { endpoint, proxy } = route.services;
  let server = route.held;
  if (server === undefined) {
    server = endpoint.openServer(route.message, route.source);
  } else {
    route.held = undefined;
    server.begin();
  }
  const transaction = new Transaction(proxy, server, route);
  route.transaction = transaction;
  if (server.cancelledWhileHeld !== undefined) transaction.context.cancel(server.cancelledWhileHeld);
  return transaction;
}

/** Results of `t_relay`, as semantics of KEMI has them: above 0 when something is on its way. */
const OK = 1;
const FAILED = -1;
const WRONG_ROUTE = 0;
const NO_DELAYED_REPLY = -4;

/** Forwards the request of a route statefully to its destination set (KEMI `t_relay`). */
export function relay(route: RouteContext): number {
  switch (route.kind) {
    case 'request':
      break;
    case 'failure':
    case 'branch_failure':
      return relayRequest(route) === OK ? OK : FAILED;
    default:
      route.services.logger.error('t_relay in a route that is neither of a request nor of a failure', { callId: route.callId, kind: route.kind });
      return WRONG_ROUTE;
  }
  switch (route.message.method) {
    case 'ACK':
      return relayAck(route);
    case 'CANCEL':
      return route.services.proxy.cancel(route.message, route.source) ? OK : FAILED;
    default:
      return relayRequest(route);
  }
}

/** The ACK of a 2xx has no transaction (§16.6, §17.1.1.3): it is forwarded as it is. */
function relayAck(route: RouteContext): number {
  const [first] = route.takeTargets();
  if (first === undefined) return FAILED;
  const refused = route.services.proxy.forwardStatelessly(route.message, route.source, first, route.requestEdits, route.forceRport);
  return refused === undefined ? OK : FAILED;
}

function relayRequest(route: RouteContext): number {
  const transaction = route.transaction ?? openTransaction(route);
  const { context } = transaction;
  if (context.finalStatus !== 0) return FAILED;
  transaction.flags = route.flags;
  transaction.requestUri = route.requestUri;
  context.server.forceRport = route.forceRport;

  // What has not been looked at before, or was put aside before it was.
  const first = route.kind === 'request' || route.resumed;
  if (first) {
    const refusal = refusalOf(route);
    if (refusal !== undefined) return refuse(route, transaction, refusal, FAILED);
    transaction.edits = route.requestEdits;
    if (route.message.method === 'INVITE' && context.lastStatus === 0) context.reply(100, 'trying -- your call is important to us');
  }
  const targets = route.takeTargets();
  if (targets.length === 0) return FAILED;
  const forwarded = context.forward(targets, route.requestEdits);
  if (typeof forwarded !== 'string') return OK;
  const { code, ...refusal } = NOT_FORWARDED[forwarded];
  return first ? refuse(route, transaction, refusal, code) : FAILED;
}

const NOT_FORWARDED: Readonly<Record<NotForwarded, { status: number; code: number }>> = {
  over: { status: 487, code: FAILED },
  'too-many-branches': { status: 500, code: -12 },
  'no-breadth': { status: 440, code: FAILED },
  dropped: { status: 500, code: -6 },
  forbidden: { status: 403, code: -478 },
  unresolvable: { status: 478, code: -478 },
  'bad-uri': { status: 479, code: -479 },
};

/** §16.3: what must not be forwarded at all, and what it is answered with. */
function refusalOf(route: RouteContext): Refusal | undefined {
  const { message } = route;
  if (isLooped(route.services.endpoint, message)) return { status: 482 };
  if (hasNoHopLeft(message, route.edits)) return { status: 483 };
  const unsupported = unsupportedExtensions(message);
  return unsupported === undefined ? undefined : { status: 420, headers: `Unsupported: ${unsupported}\r\n` };
}

interface Refusal {
  readonly status: number;
  /** Whole header lines for the answer. */
  readonly headers?: string;
}

/** The answer is sent when the route has ended, unless the script sends one itself or has asked to be left alone. */
function refuse(route: RouteContext, transaction: RouteTransaction, { status, headers = '' }: Refusal, code: number): number {
  if (route.noDelayedReply) return NO_DELAYED_REPLY;
  transaction.delayedReply = { status, reason: reasonPhrase(status), headers };
  return code;
}
