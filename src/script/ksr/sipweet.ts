/**
 * `KSR.sipweet`: functions of our own, which Kamailio does not have. A script that must run on
 * Kamailio too asks `if KSR.sipweet then` first.
 */
import { fromWireText, toWireText } from '../modules/wire-text.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';
import { escapeUser } from '../../sip/uri/escape-user.ts';
import { callRows } from './sipweet/calls.ts';
import { queryInto } from './sqlops.ts';

const { row, waitingRow } = rowsOf<RouteContext>('sipweet');

/** The control characters that JSON may carry but a log line or a SIP header should not. */
const LAST_CONTROLS = /[\x7f\u2028\u2029]/g;

function jsonString(text: string): string {
  const json = JSON.stringify(fromWireText(text));
  return toWireText(json.replace(LAST_CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

/** A member of a JSON object as text; '' when the text is no JSON object or has no such member that is a scalar. */
function jsonGet(text: string, name: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(fromWireText(text));
  } catch {
    return '';
  }
  if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, name)) return '';
  const value: unknown = (parsed as Record<string, unknown>)[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? toWireText(String(value)) : '';
}

function dialogKey(route: RouteContext): string {
  return route.services.modules.dialogKeys.of(route.callId);
}

function isOwnDialog(route: RouteContext): boolean {
  return route.routeParams?.split(';').includes(`dk=${dialogKey(route)}`) === true;
}

function numberUri(route: RouteContext, number: string): string {
  const { gateway } = route.services.modules;
  return gateway !== undefined && /^\+[0-9]{3,15}$/.test(number) ? `sip:${number}@${gateway}` : '';
}

const QUERY = 'Runs a statement whose parameters, $1 and on, are the last arguments, so that nothing in them is ever read as SQL; as sqlops.sql_query otherwise';

export const sipweetRows = [
  waitingRow('sql_query_p1', ['str', 'str', 'str', 'str'], 'int', (route, connection, text, name, ...params) => queryInto(route, connection, text, name, params), QUERY),
  waitingRow('sql_query_p2', ['str', 'str', 'str', 'str', 'str'], 'int', (route, connection, text, name, ...params) => queryInto(route, connection, text, name, params), QUERY),
  waitingRow('sql_query_p3', ['str', 'str', 'str', 'str', 'str', 'str'], 'int', (route, connection, text, name, ...params) => queryInto(route, connection, text, name, params), `${QUERY}. More than three values: give them as one JSON text and take it apart with json_to_record($1::json)`),
  row('json_string', ['str'], 'xval', (_route, text) => jsonString(text), 'The text as a JSON string, with its quotes'),
  row('json_get', ['str', 'str'], 'xval', (_route, text, name) => jsonGet(text, name), 'A member of a JSON object as text; "" when there is none'),
  row('own_uri', ['str'], 'xval', (route, user) => `sip:${escapeUser(user)}@${route.services.ownNames.userHost}`, 'The address of a user of ours: `sip:user@domain`, with the first domain of `sip.domains`, else with a socket of this process'),
  row('number_uri', ['str'], 'xval', numberUri, 'The address of a telephone number, `+` and digits, at the trunk of `calls.gateway`; "" for anything else and where there is no trunk'),
  row('dialog_key', [], 'xval', (route) => dialogKey(route), 'A key of the dialog of this request, by its Call-ID, that nobody else can make: for a parameter `dk` of Record-Route'),
  row('is_own_dialog', [], 'bool', isOwnDialog, 'True when our own Route of this request has the key of its dialog as the parameter `dk`; after rr.loose_route only. False for a Route that its sender made up, and for dialogs from before a restart unless auth.nonceSecret is set'),
  row('realm', [], 'xval', (route) => route.services.modules.auth.realm, 'The realm that the passwords of users were hashed for'),
  row('cancel_reason', [], 'xval', (route) => route.transaction?.context.cancelReason.trim() ?? '', 'Reason header fields of the CANCEL that ended this call, "" when it had none (RFC 3326)'),
  row('event_time', [], 'xval', (route) => String(Math.floor(route.services.clock.now())), 'Milliseconds since the epoch, as text: Lua would write the number with an exponent'),
  ...callRows,
];
