import { reasonPhrase } from '../../proxy/reason-phrase.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { row } = rowsOf<RouteContext>('sl');

const SENT = 1;
const FAILED = -1;
/** A final response went out before. */
const FINAL_SENT = -2;
/** The reply of a failed `t_relay` is due at the end of the route. */
const DELAYED = -3;

/** A reason that could end the Status-Line early, or none, is refused. */
function isReason(reason: string): boolean {
  return reason !== '' && !/[\r\n\0]/.test(reason);
}

function takeReplyHeaders(route: RouteContext): string {
  const headers = route.replyHeaders;
  route.replyHeaders = '';
  return headers;
}

/** Always without state, whatever the route has done before. */
function replyStatelessly(route: RouteContext, status: number, reason: string): number {
  if (!route.message.isRequest || route.message.method === 'ACK' || !isReason(reason) || status < 100 || status > 699) return FAILED;
  route.services.endpoint.replyStatelessly(route.message, route.source, { status, reason, headers: takeReplyHeaders(route), forceRport: route.forceRport });
  if (status >= 200) route.repliedStatelessly = true;
  return SENT;
}

/** Through the transaction when there is one, else without state. Shared with the modules that answer by themselves. */
export function sendReply(route: RouteContext, status: number, reason: string): number {
  const { transaction } = route;
  if (transaction === undefined) return replyStatelessly(route, status, reason);
  if (!route.message.isRequest || !isReason(reason) || status < 100 || status > 699) return FAILED;
  if (transaction.context.finalStatus !== 0) return FINAL_SENT;
  return transaction.context.reply(status, reason, takeReplyHeaders(route)) ? SENT : FINAL_SENT;
}

/** Answers with what went wrong last: the refusal of `t_relay`, else a 500. */
function replyError(route: RouteContext): number {
  const { transaction } = route;
  if (transaction === undefined) return route.repliedStatelessly ? FINAL_SENT : sendReply(route, 500, reasonPhrase(500));
  if (transaction.context.finalStatus !== 0) return FINAL_SENT;
  if (transaction.delayedReply !== undefined) return DELAYED;
  return sendReply(route, 500, reasonPhrase(500));
}

export const slRows = [
  row('send_reply', ['int', 'str'], 'int', sendReply, 'Answers the request, through its transaction when there is one; 1 sent, -1 not possible, -2 a final reply went out before'),
  row('sl_send_reply', ['int', 'str'], 'int', replyStatelessly, 'Answers the request without state; 1 sent, -1 not possible'),
  row('sl_reply_error', [], 'int', replyError, 'Answers with what went wrong last; -2 a final reply went out before, -3 the reply of t_relay follows at the end of the route'),
  row('send_reply_error', [], 'int', replyError, 'The same as sl_reply_error'),
];
