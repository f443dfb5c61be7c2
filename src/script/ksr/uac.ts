import { Timer } from '../../base/timer-wheel.ts';
import { REQUEST_FIELDS, type RequestFields } from '../modules/request-fields.ts';
import { ownRequest } from '../own-request.ts';
import { integerOf } from '../pseudo-variables/pseudo-variable.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { row } = rowsOf<RouteContext>('uac');

const OK = 1;
const FAILED = -1;

/** Argument of the callback, as in Kamailio. */
const EVENT = 'uac:reply';

/** `$uac_req(evtype)`: somebody replied, or nobody did in time. */
const REPLIED = 1;
const TIMED_OUT = 2;
const REQUEST_TIMEOUT = 408;

/** Never waits for the reply: who wants to know it asks for the callback with `evroute` 1. */
function send(route: RouteContext): number {
  const { logger, modules, ownNames } = route.services;
  const { request: fields } = route.locals;
  const request = ownRequest(fields, ownNames);
  if ('problem' in request) {
    logger.error(`uac: a request is not sent: ${request.problem}`, { callId: route.callId });
    modules.counters.requestsRefused.value += 1;
    return FAILED;
  }
  const sent = modules.requests.send(request, whenReplied(route, new Map(fields).set('callid', request.callId)));
  if (sent) return OK;
  logger.error('uac: a request cannot be sent now', { method: request.method, callId: route.callId });
  modules.counters.requestsRefused.value += 1;
  return FAILED;
}

/** What a final status sets in motion: the callback, once, though the reply may come after `fr_timeout` has passed. */
function whenReplied(route: RouteContext, fields: RequestFields): (status: number) => void {
  if (integerOf(fields.get('evroute') ?? null) !== 1) return () => {};
  const { runner, services } = route;
  const timeoutMs = integerOf(fields.get('fr_timeout') ?? null);
  let told = false;
  const tell = (status: number): void => {
    services.clock.disarm(timer);
    if (told) return;
    told = true;
    runner.runEvent(services.modules.uacEventCallback, EVENT, undefined, (event) => showReply(event, fields, status));
  };
  const timer = new Timer({ onTimer: () => tell(REQUEST_TIMEOUT) });
  if (timeoutMs > 0) services.clock.arm(timer, timeoutMs);
  return tell;
}

/** The callback sees the request it is about, but for the password. */
function showReply(event: RouteContext, fields: RequestFields, status: number): void {
  const { request } = event.locals;
  for (const name of REQUEST_FIELDS) {
    const value = fields.get(name);
    if (value !== undefined && name !== 'apasswd') request.set(name, value);
  }
  request.set('evcode', status);
  request.set('evtype', status === REQUEST_TIMEOUT ? TIMED_OUT : REPLIED);
}

export const uacRows = [
  row('uac_req_send', [], 'int', send, 'Sends the request that $uac_req(method), $uac_req(ruri) and their kin describe through the service\'s own routing, as the service itself; 1 on its way, -1 not sent, and the log says why. With $uac_req(evroute) 1 the callback script.uacEventCallback is told the final status'),
];
