import { isUpstream, processRoute } from '../../proxy/route-information.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';
import { matchesPattern } from '../script-pattern.ts';

const { row } = rowsOf<RouteContext>('rr');

const ROUTED = 1;
const FAILED = -1;
/** Routing was applied, but it is an initial request whose Route somebody preloaded. */
const PRELOADED = -3;
const BAD_ARGUMENT = -6;

/**
 * RFC 3261 §16.4 and §16.12: takes our own Route off and sets the next hop. A request without a To
 * tag is told apart: to relay it because of its Route alone would make an open relay of us.
 */
function looseRoute(route: RouteContext): number {
  const { message, services } = route;
  if (!message.isRequest) return FAILED;
  const found = processRoute(message, route.edits, (uri) => services.ownNames.isOwnUri(uri));
  if (found === undefined || found === 'malformed') return FAILED;
  route.routeParams = found.ownParams;
  if (found.requestUri !== '') route.setRequestUri(found.requestUri);
  if (found.destinationUri !== '') route.destinationUri = found.destinationUri;
  return message.to?.tag === undefined ? PRELOADED : ROUTED;
}

/** Asks for a Record-Route in every branch; it names the From tag, by which the direction is told later. */
function recordRoute(route: RouteContext, params = ''): number {
  if (!route.message.isRequest) return FAILED;
  const tag = route.message.from?.tag;
  const added = route.requestEdits.addRecordRoute(`${tag === undefined ? '' : `;ftag=${tag}`}${params}`);
  return added ? 1 : FAILED;
}

/** A URI parameter list as scripts give it: `;name=value`. */
const PARAMETERS = /^(?:;[\w.!%*+`'~-]+(?:=[^;<>"\s]*)?)+$/;

function addRouteParam(route: RouteContext, params: string): number {
  if (!route.message.isRequest || !PARAMETERS.test(params)) return FAILED;
  route.requestEdits.addRouteParams(params);
  return 1;
}

function checkRouteParam(route: RouteContext, pattern: string): number {
  if (route.routeParams === undefined) return FAILED;
  return matchesPattern(pattern, route.routeParams) ? 1 : FAILED;
}

function isDirection(route: RouteContext, direction: string): number {
  const upstream = route.routeParams !== undefined && isUpstream(route.message, route.routeParams);
  switch (direction.toLowerCase()) {
    case 'upstream':
      return upstream ? 1 : FAILED;
    case 'downstream':
      return upstream ? FAILED : 1;
    default:
      return BAD_ARGUMENT;
  }
}

export const rrRows = [
  row('loose_route', [], 'int', looseRoute, 'Processes the Route of a request; 1 routed, -1 no Route for us, -3 an initial request with a preloaded Route'),
  row('loose_route_mode', ['int'], 'int', looseRoute, 'The same as loose_route; outbound flow tokens are not used'),
  row('loose_route_preloaded', [], 'int', (route) => (looseRoute(route) === PRELOADED ? 1 : FAILED), '1 when an initial request came with a preloaded Route, else -1'),
  row('record_route', [], 'int', (route) => recordRoute(route), 'Stays on the path of the dialog that this request starts; -1 when that was asked for before'),
  row('record_route_params', ['str'], 'int', (route, params) => (PARAMETERS.test(params) ? recordRoute(route, params) : FAILED), 'The same with further URI parameters'),
  row('add_rr_param', ['str'], 'int', addRouteParam, 'Adds URI parameters, as in ";nat=yes", to the Record-Route of this request'),
  row('check_route_param', ['str'], 'int', checkRouteParam, '1 when the parameters of our own Route match this regular expression; after loose_route only'),
  row('is_direction', ['str'], 'int', isDirection, '1 when the request goes "upstream" or "downstream" in its dialog, as the argument says'),
];
