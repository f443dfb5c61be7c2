import type { RouteContext } from '../route-context.ts';
import { rowsOf, type KsrValue } from '../row.ts';

const { row } = rowsOf<RouteContext>('mqueue');

const OK = 1;
const FAILED = -1;
const EMPTY = -2;

function queueOf(route: RouteContext, name: string) {
  const queue = route.services.modules.queues.get(name);
  if (queue === undefined) route.services.logger.error('mqueue: there is no queue of that name in script.mqueues', { queue: name, callId: route.callId });
  return queue;
}

/** Never waits: an event for the workers is in the spool when this returns, or the script is told that it is not. */
function add(route: RouteContext, name: string, key: string, value: string): number {
  const queue = queueOf(route, name);
  if (queue === undefined) return FAILED;
  if (queue.add(key, value)) return OK;
  route.services.modules.counters.eventsRefused.value += 1;
  route.services.logger.error('mqueue: an item was not taken', { queue: name, key, callId: route.callId });
  return FAILED;
}

function fetch(route: RouteContext, name: string): number {
  const queue = queueOf(route, name);
  if (queue === undefined) return FAILED;
  const item = queue.fetch();
  if (item === 'not-here') {
    route.services.logger.error('mqueue: the items of this queue go to the workers, they cannot be fetched', { queue: name, callId: route.callId });
    return FAILED;
  }
  if (item === undefined) {
    route.locals.fetched.delete(name);
    return EMPTY;
  }
  route.locals.fetched.set(name, item);
  return OK;
}

/** Nil without an item, for `gete` and `getw` too, unlike their kin elsewhere; an empty key is nil. */
function key(route: RouteContext, name: string): KsrValue {
  return route.locals.fetched.get(name)?.key || null;
}

function value(route: RouteContext, name: string): KsrValue {
  return route.locals.fetched.get(name)?.value ?? null;
}

export const mqueueRows = [
  row('mq_add', ['str', 'str', 'str'], 'int', add, 'Puts an item with key and value into a queue; 1 taken, -1 no such queue or no room. Of a queue to workers, the key names the event: the same one again is done once'),
  row('mq_fetch', ['str'], 'int', fetch, 'Takes the oldest item; 1 taken, -2 none there, -1 no such queue. It is read with mqk_get and mqv_get, in this run of this callback only'),
  row('mq_size', ['str'], 'int', (route, name) => queueOf(route, name)?.size ?? FAILED, 'Items in a queue; -1 no such queue'),
  row('mq_pv_free', ['str'], 'int', (route, name) => {
    route.locals.fetched.delete(name);
    return OK;
  }, 'Forgets the item fetched last; 1'),
  row('mqk_get', ['str'], 'xval', key, 'Key of the item fetched last, nil without one'),
  row('mqk_gete', ['str'], 'xval', key, 'The same as mqk_get'),
  row('mqk_getw', ['str'], 'xval', key, 'The same as mqk_get'),
  row('mqv_get', ['str'], 'xval', value, 'Value of the item fetched last, nil without one'),
  row('mqv_gete', ['str'], 'xval', value, 'The same as mqv_get'),
  row('mqv_getw', ['str'], 'xval', value, 'The same as mqv_get'),
];
