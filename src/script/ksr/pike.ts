import type { PikeVerdict } from '../modules/pike.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { row } = rowsOf<RouteContext>('pike');

const CODES: Readonly<Record<PikeVerdict, number>> = { ok: 1, blocked: -1, 'newly-blocked': -2 };

function check(route: RouteContext, address: string): number {
  const { logger, modules } = route.services;
  const verdict = modules.pike.count(address);
  if (verdict === 'newly-blocked') {
    modules.counters.pikeBlocked.value += 1;
    logger.warn('pike: too many requests, the address is blocked', { address, callId: route.callId });
  }
  return CODES[verdict];
}

export const pikeRows = [
  row('pike_check_req', [], 'int', (route) => check(route, route.source.address), 'Counts a request of the source address; 1 fine, -1 blocked, -2 blocked from now on'),
  // An empty text is no address; Kamailio lets the request pass when it cannot count.
  row('pike_check_ip', ['str'], 'int', (route, address) => (address === '' ? 1 : check(route, address)), 'The same for an address of the script\'s choice'),
];
