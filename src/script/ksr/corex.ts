import { target } from '../../proxy/target.ts';
import { USER_AGENT } from '../../sip/headers/header-id.ts';
import { isUriText } from '../pseudo-variables/request-uri.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { row } = rowsOf<RouteContext>('corex');

const DONE = 1;
const FAILED = -1;
const NO_Q = -1;

/** Branches beyond what can be forwarded at once would only make the relay fail. */
function hasRoom(route: RouteContext): boolean {
  return route.message.isRequest && route.appended.length < route.services.proxy.options.maxBranches;
}

/** `$ru` as it stands, with its destination and flags, becomes one more target. */
function appendBranch(route: RouteContext): number {
  if (!hasRoom(route)) return FAILED;
  route.appended.push(route.ownTarget());
  return DONE;
}

function appendUri(route: RouteContext, uri: string, q: number): number {
  if (!hasRoom(route) || !isUriText(uri)) return FAILED;
  route.appended.push(target(uri, { q }));
  return DONE;
}

/** `0.5` is 500; undefined for what is no q value (RFC 3261 §25.1). */
function thousandths(q: string): number | undefined {
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Math.round(Number(q) * 1000) : undefined;
}

function appendUriWithQ(route: RouteContext, uri: string, q: string): number {
  const value = q === '' ? NO_Q : thousandths(q);
  return value === undefined ? FAILED : appendUri(route, uri, value);
}

export const corexRows = [
  row('append_branch', [], 'int', appendBranch, 'Adds the Request-URI as it stands to the targets; -1 when there are too many'),
  row('append_branch_uri', ['str'], 'int', (route, uri) => appendUri(route, uri, NO_Q), 'Adds a URI to the targets; -1 when there are too many or it is none'),
  row('append_branch_uri_q', ['str', 'str'], 'int', appendUriWithQ, 'Adds a URI with a q value, as in "0.5", to the targets'),
  row('has_ruri_user', [], 'int', (route) => ((route.parsedRequestUri?.user ?? '') === '' ? FAILED : DONE), '1 when the Request-URI has a user'),
  row('has_user_agent', [], 'int', (route) => ((route.message.header(USER_AGENT) ?? '') === '' ? FAILED : DONE), '1 when the message names a User-Agent'),
  row('is_faked_msg', [], 'int', (route) => (route.kind === 'event' ? DONE : FAILED), '1 in callbacks that have no message of their own'),
];
