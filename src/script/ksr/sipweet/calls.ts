import { EventOrder } from '../../modules/event-order.ts';
import { readCallOptions } from '../../modules/call-options.ts';
import { toWireText } from '../../modules/wire-text.ts';
import type { CallProgress } from '../../ports.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';

const { row } = rowsOf<RouteContext>('sipweet');

const OK = 1;
const FAILED = -1;

/** Begins a call of the service; its steps are given to a function of the script, one after the other. */
function call(route: RouteContext, from: string, to: string, json: string): number {
  const { logger, modules } = route.services;
  const { runner } = route;
  const options = readCallOptions(json, modules.callDefaults);
  if (typeof options === 'string') {
    logger.error('sipweet.call: the options are wrong', { problem: options, callId: route.callId });
    return FAILED;
  }
  const { onEvent, ...plan } = options;
  if (onEvent !== '' && !runner.engine.has(onEvent)) {
    logger.error('sipweet.call: onEvent is no function of the script', { onEvent, callId: route.callId });
    return FAILED;
  }
  const steps = new EventOrder((event, whenDone) => runner.runEvent(onEvent, event, whenDone));
  const started = modules.calls.start({ ...plan, from, to }, (progress) => {
    if (onEvent !== '') steps.add(stepText(progress));
  });
  return started ? OK : FAILED;
}

/** What the script gets to see of a step, members in this order. */
function stepText({ id, event, party, cause, status, atMs }: CallProgress): string {
  return toWireText(JSON.stringify({ id, event, party, cause, status, at: Math.floor(atMs) }));
}

export const callRows = [
  row('call', ['str', 'str', 'str'], 'int', call, 'Makes a call: the phones of the first SIP URI ring, then those of the second, and the two are connected ([more](calls.md)); with "" as the second an announcement is spoken. The options are a JSON object, "" for none. 1 when it was begun, -1 when it was not'),
  row('cancel_call', ['str'], 'int', (route, id) => (route.services.modules.calls.cancel(id) ? OK : FAILED), 'Gives up or hangs up the call with this id; -1 when this process has none'),
  row('active_calls', [], 'int', (route) => route.services.modules.calls.active, 'How many calls of the service live in this process'),
  row('is_own', [], 'bool', (route) => route.services.modules.requests.isOwn(route.source), "True when the message came from the service's own user agent, which no other program can claim: believe X-Sipweet-Call only then"),
  row('node', [], 'xval', (route) => route.services.modules.nodeId, 'Names this run of this process: another at each start'),
];
