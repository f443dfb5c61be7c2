import { target } from '../../../proxy/target.ts';
import { isUriText, setDestinationUri, setRequestUri, setRequestUriParts } from '../../pseudo-variables/request-uri.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';

const { row } = rowsOf<RouteContext>('');

const FORWARDED = 1;
const FAILED = -1;

/** Forwards without state; the edits of the route stay as they are, for it may forward again. */
export function forwardTo(route: RouteContext, destinationUri: string): number {
  const { message, source, services } = route;
  if (!message.isRequest || (destinationUri !== '' && !isUriText(destinationUri))) return FAILED;
  const where = target(route.requestUri, { destinationUri, path: route.path });
  const refused = services.proxy.forwardStatelessly(message, source, where, route.requestEdits.copy(), route.forceRport);
  return refused === undefined ? FORWARDED : FAILED;
}

/** Where a request goes next. */
export const destinationRows = [
  row('seturi', ['str'], 'bool', setRequestUri, 'Sets the Request-URI; false when the text cannot be one'),
  row('setuser', ['str'], 'bool', (route, user) => setRequestUriParts(route, { user }), 'Sets the user of the Request-URI'),
  row('sethost', ['str'], 'bool', (route, host) => setRequestUriParts(route, { host }), 'Sets the host of the Request-URI'),
  row('setdsturi', ['str'], 'bool', (route, uri) => {
    setDestinationUri(route, uri);
    // KEMI: true even when it could not be set.
    return true;
  }, 'Sets the URI of the next hop; always true'),
  row('resetdsturi', [], 'bool', (route) => {
    route.destinationUri = '';
    return true;
  }, 'Takes the URI of the next hop away'),
  row('isdsturiset', [], 'bool', (route) => route.destinationUri !== '', 'True when there is a URI of the next hop'),
  row('forward', [], 'int', (route) => forwardTo(route, route.destinationUri), 'Forwards the request without state; 1 sent, -1 no next hop'),
  row('forward_uri', ['str'], 'int', forwardTo, 'Forwards the request without state to this URI; 1 sent, -1 no next hop'),
];
