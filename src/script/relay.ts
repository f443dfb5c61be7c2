import { isLooped } from '../proxy/detect-loop.ts';
import { unsupportedExtensions } from '../proxy/proxy-require.ts';
import type { NotForwarded } from '../proxy/response-context.ts';
import { reasonPhrase } from '../proxy/reason-phrase.ts';
import { MAX_FORWARDS } from '../sip/headers/header-id.ts';
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
  return transaction;
}

/** Result of `t_relay`, as semantics of KEMI has it: above 0 when something is on its way. */
const OK = 1;
const FAILED = -1;
const TOO_MANY_BRANCHES = -12;

/** Forwards the request of a route statefully to its destination set (KEMI `t_relay`). */
export function relay(route: RouteContext): number {
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

  if (route.kind === 'request') {
    const refusal = refusalOf(route);
    if (refusal !== undefined) return delay(transaction, refusal, FAILED);
    transaction.edits = route.requestEdits;
    if (route.message.method === 'INVITE' && context.lastStatus === 0) context.reply(100, 'trying -- your call is important to us');
  }
  const targets = route.takeTargets();
  if (targets.length === 0) return FAILED;
  const forwarded = context.forward(targets, route.requestEdits);
  if (typeof forwarded === 'string') return delay(transaction, NOT_FORWARDED[forwarded], NOT_FORWARDED[forwarded].code);
  return OK;
}

const NOT_FORWARDED: Readonly<Record<NotForwarded, { status: number; code: number }>> = {
  over: { status: 487, code: FAILED },
  'too-many-branches': { status: 500, code: TOO_MANY_BRANCHES },
  'no-breadth': { status: 440, code: FAILED },
};

/** §16.3: what must not be forwarded at all, and what it is answered with. */
function refusalOf(route: RouteContext): Refusal | undefined {
  const { message } = route;
  if (isLooped(route.services.endpoint, message)) return { status: 482 };
  // A script that called `process_maxfwd` has looked at it and lowered it.
  const index = message.findField(MAX_FORWARDS);
  if (index >= 0 && message.maxForwards === 0 && !route.edits.touches(message.valueStart(index))) return { status: 483 };
  const unsupported = unsupportedExtensions(message);
  return unsupported === undefined ? undefined : { status: 420, headers: `Unsupported: ${unsupported}\r\n` };
}

interface Refusal {
  readonly status: number;
  /** Whole header lines for the answer. */
  readonly headers?: string;
}

function delay(transaction: RouteTransaction, { status, headers = '' }: Refusal, code: number): number {
  transaction.delayedReply = { status, reason: reasonPhrase(status), headers };
  return code;
}
