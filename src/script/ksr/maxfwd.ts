import { MAX_FORWARDS } from '../../sip/headers/header-id.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { row } = rowsOf<RouteContext>('maxfwd');

const LOWERED = 1;
const ADDED = 2;
const REACHED_ZERO = -1;
const MALFORMED = -2;

/** A larger value is lowered to this one (Kamailio's parameter `max_limit`, at its default). */
const HIGHEST = 70;

/** §16.3 step 3 and §16.6 step 3 in one, as scripts expect it; `limit` is for requests without the field only. */
function processMaxForwards(route: RouteContext, limit: number): number {
  const { message, edits } = route;
  const index = message.findField(MAX_FORWARDS);
  if (index < 0) {
    edits.insert(message.headerEnd, `Max-Forwards: ${limit}\r\n`);
    return ADDED;
  }
  const value = message.maxForwards;
  if (value < 0) return MALFORMED;
  if (value === 0) return REACHED_ZERO;
  edits.replace(message.valueStart(index), message.valueEnd(index), String(Math.min(value - 1, HIGHEST)));
  return LOWERED;
}

export const maxfwdRows = [
  row('process_maxfwd', ['int'], 'int', processMaxForwards, 'Lowers Max-Forwards, to 70 at most, or adds it with this value; 1 lowered, 2 added, -1 it was 0, -2 it is malformed'),
  row('is_maxfwd_lt', ['int'], 'int', (route, limit) => {
    const value = route.message.maxForwards;
    return value === -2 ? MALFORMED : value >= 0 && value < limit ? 1 : -1;
  }, '1 when Max-Forwards is below this value, -1 when it is not or is missing, -2 when it is malformed'),
];
