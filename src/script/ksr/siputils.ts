import { RECORD_ROUTE, canonicalName } from '../../sip/headers/header-id.ts';
import { parseUri, uriParameter, type Uri } from '../../sip/uri/uri.ts';
import { digestParameter } from '../pseudo-variables/message-values.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf, type Row } from '../row.ts';
import { areEquivalent, areSameAddressOfRecord } from './siputils/compare-uri.ts';
import { parameterRows } from './siputils/parameters.ts';
import { sendReply } from './sl.ts';

const { row } = rowsOf<RouteContext>('siputils');

const YES = 1;
const NO = -1;

const answer = (yes: boolean): number => (yes ? YES : NO);

/**
 * Requests: only one Via, so its sender made it. Replies: the topmost Record-Route is ours, and it
 * did not come from ourselves.
 */
function isFirstHop(route: RouteContext): boolean {
  const { message, services, source } = route;
  if (message.isRequest) return message.vias().length === 1;
  if (message.findField(RECORD_ROUTE) < 0) return false;
  const top = message.recordRoutes?.[0]?.uri;
  return top !== undefined && services.ownNames.isOwnUri(top) && !services.ownNames.isOwn(source.address, source.port);
}

function compare(a: string, b: string, same: (a: Uri, b: Uri) => boolean): number {
  const first = parseUri(a);
  const second = parseUri(b);
  return answer(first !== undefined && second !== undefined && same(first, second));
}

function isSipUri(text: string): boolean {
  const uri = parseUri(text);
  return uri !== undefined && uri.scheme !== 'other';
}

/** Letters, digits and the characters of `extra`. */
function isAlphanumericWith(text: string, extra: string): boolean {
  if (text === '') return false;
  for (const character of text) if (!/[A-Za-z0-9]/.test(character) && !extra.includes(character)) return false;
  return true;
}

/** An OPTIONS to the server itself (no user) is answered as §11.2 says. */
function replyToOptions(route: RouteContext): number {
  if (route.message.method !== 'OPTIONS' || (route.parsedRequestUri?.user ?? '') !== '') return NO;
  return sendReply(route, 200, 'OK');
}

/** `KSR.siputils`. */
export const siputilsRows: readonly Row<RouteContext>[] = [
  row('has_totag', [], 'int', (route) => answer(route.message.to?.tag !== undefined), '1 when To has a tag: the message belongs to a dialog'),
  row('is_request', [], 'int', (route) => answer(route.message.isRequest), '1 for a request'),
  row('is_reply', [], 'int', (route) => answer(!route.message.isRequest), '1 for a reply'),
  row('is_sip', [], 'int', () => YES, 'Always 1: nothing but SIP reaches a script'),
  row('is_http', [], 'int', () => NO, 'Always -1: nothing but SIP reaches a script'),
  row('is_first_hop', [], 'int', (route) => answer(isFirstHop(route)), '1 when nobody stands between the sender and us'),
  row('is_first_hop_mode', ['int'], 'int', (route) => answer(isFirstHop(route)), 'The same as is_first_hop; the mode is not used'),
  row('is_gruu', [], 'int', (route) => answer(route.parsedRequestUri !== undefined && uriParameter(route.parsedRequestUri, 'gr') !== undefined), '1 when the Request-URI is a GRUU (RFC 5627)'),
  row('is_user', ['str'], 'int', (route, user) => answer(digestParameter(route.message, 'username') === user), '1 when the digest credentials name this user'),
  row('is_uri', ['str'], 'int', (_route, text) => answer(isSipUri(text)), '1 when the text is a sip, sips or tel URI'),
  row('is_numeric', ['str'], 'int', (_route, text) => answer(/^\d+$/.test(text)), '1 when the text is all digits'),
  row('is_alphanum', ['str'], 'int', (_route, text) => answer(/^[A-Za-z0-9]+$/.test(text)), '1 when the text is all letters and digits'),
  row('is_alphanumex', ['str', 'str'], 'int', (_route, text, extra) => answer(isAlphanumericWith(text, extra)), '1 when the text is all letters, digits and these characters'),
  row('is_tel_number', ['str'], 'int', (_route, text) => answer(/^\+?\d+$/.test(text)), '1 when the text is digits, a + in front allowed'),
  row('cmp_uri', ['str', 'str'], 'int', (_route, a, b) => compare(a, b, areEquivalent), '1 when two URIs are equivalent (RFC 3261 §19.1.4)'),
  row('cmp_aor', ['str', 'str'], 'int', (_route, a, b) => compare(a, b, areSameAddressOfRecord), '1 when two URIs name one user at one host'),
  row('cmp_hdr_name', ['str', 'str'], 'int', (_route, a, b) => answer(canonicalName(a) === canonicalName(b)), '1 when two header names mean one, compact forms too'),
  row('options_reply', [], 'int', replyToOptions, 'Answers an OPTIONS to the server itself; -1 for any other request'),
  row('sip_parse_headers', [], 'int', () => YES, 'Always 1: every header has been found before the script runs'),
  ...parameterRows,
];
