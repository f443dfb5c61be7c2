import { FROM, ROUTE } from '../sip/headers/header-id.ts';
import type { NameAddr } from '../sip/headers/name-addr.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import { uriParameter, type Uri } from '../sip/uri/uri.ts';

/** What the Route header fields of a request say (§16.4). */
export interface RouteInformation {
  /** Parameters of our own Route, with their ';', for `check_route_param` and the direction. */
  readonly ownParams: string;
  /** Where the request goes next, '' when the Request-URI says it. */
  readonly destinationUri: string;
  /** The Request-URI to forward with when a strict router made us put it right, else ''. */
  readonly requestUri: string;
}

/**
 * Preprocesses the Route of a request (RFC 3261 §16.4 and §16.12): our own values are taken off the
 * top, both when we had added two; a strict router before us (our own URI as Request-URI) and one
 * after us (no `lr`) are dealt with. Changes go into `edits`.
 *
 * @param isOwn tells whether a URI names this service
 * @returns undefined when Route has nothing for us, 'malformed' when it cannot be parsed
 */
export function processRoute(request: SipMessage, edits: EditList, isOwn: (uri: Uri) => boolean): RouteInformation | undefined | 'malformed' {
  if (request.findField(ROUTE) < 0) return undefined;
  const routes = request.routes;
  if (routes === undefined || !areUris(routes)) return 'malformed';

  const requestUri = request.requestUri;
  if (requestUri !== undefined && requestUri.user === '' && isOwn(requestUri) && uriParameter(requestUri, 'lr') !== undefined) {
    return afterStrictRouter(request, edits, routes, requestUri, isOwn);
  }
  const [first, second] = routes;
  if (!isOwn(first!.uri!)) return next(request, edits, routes, 0, '');
  const own = isSecondOfOurs(first!.uri!, second, isOwn) ? 2 : 1;
  return next(request, edits, routes, own, routes[own - 1]!.uri!.params);
}

function areUris(routes: readonly NameAddr[]): boolean {
  for (const route of routes) if (route.uri === undefined) return false;
  return true;
}

/** True when `second` is the other of the two values that one pass through us had added. */
function isSecondOfOurs(first: Uri, second: NameAddr | undefined, isOwn: (uri: Uri) => boolean): boolean {
  return second !== undefined && uriParameter(first, 'r2') !== undefined && isOwn(second.uri!);
}

/** The previous hop put our URI into the Request-URI and the real one last (§16.4, first paragraph). */
function afterStrictRouter(request: SipMessage, edits: EditList, routes: readonly NameAddr[], requestUri: Uri, isOwn: (uri: Uri) => boolean): RouteInformation {
  const last = routes[routes.length - 1]!;
  const ours = routes.length > 1 && isSecondOfOurs(requestUri, routes[0], isOwn) ? routes[0]!.uri! : undefined;
  const rest = routes.slice(ours === undefined ? 0 : 1, -1);
  rewriteRoutes(request, edits, rest.map((route) => route.text));
  return { ownParams: (ours ?? requestUri).params, destinationUri: rest[0]?.uriText ?? '', requestUri: last.uriText };
}

/** What follows when the first `own` values are ours. */
function next(request: SipMessage, edits: EditList, routes: readonly NameAddr[], own: number, ownParams: string): RouteInformation {
  const following = routes[own];
  if (following === undefined) {
    rewriteRoutes(request, edits, []);
    return { ownParams, destinationUri: '', requestUri: '' };
  }
  if (uriParameter(following.uri!, 'lr') !== undefined) {
    if (own > 0) rewriteRoutes(request, edits, routes.slice(own).map((route) => route.text));
    return { ownParams, destinationUri: following.uriText, requestUri: '' };
  }
  // A strict router: its URI becomes the Request-URI and ours goes last (§16.6 step 6).
  const rest = routes.slice(own + 1).map((route) => route.text);
  rewriteRoutes(request, edits, [...rest, `<${request.requestUriText}>`]);
  return { ownParams, destinationUri: following.uriText, requestUri: following.uriText };
}

/** Replaces all Route header fields by one with these values, or by none. */
function rewriteRoutes(request: SipMessage, edits: EditList, values: readonly string[]): void {
  let replacement = values.length === 0 ? '' : `Route: ${values.join(', ')}\r\n`;
  for (let index = request.findField(ROUTE); index >= 0; index = request.findField(ROUTE, index + 1)) {
    edits.replace(request.fieldStart(index), request.fieldEnd(index), replacement);
    replacement = '';
  }
}

/** True for a request from the callee's side of its dialog: its From tag is not the one we noted in `ftag`. */
export function isUpstream(request: SipMessage, ownParams: string): boolean {
  if (request.findField(FROM) < 0) return false;
  const match = /;ftag=([^;]*)/i.exec(ownParams);
  return match !== null && match[1] !== request.from?.tag;
}
