import { errorText } from '../../base/errors.ts';
import type { Binding } from '../../registrar/binding.ts';
import { allowsMethod } from '../../registrar/methods.ts';
import type { SaveResult } from '../../registrar/registrar.ts';
import { target, type Target } from '../../proxy/target.ts';
import { parseUri, type Uri } from '../../sip/uri/uri.ts';
import { withDeadline } from '../modules/deadline.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';
import { sendReply } from './sl.ts';

const { row, waitingRow } = rowsOf<RouteContext>('registrar');

const OK = 1;
const FAILED = -1;
const METHOD_NOT_ALLOWED = -2;
const NOT_A_USER = -3;
const NOT_FOUND = -3;

/** The one table of registrations that there is. */
const TABLE = 'location';

/** Flags of `save`. */
const MEMORY_ONLY = 1;
const NO_REPLY = 2;
const SINGLE_CONTACT = 4;

function isTable(route: RouteContext, table: string): boolean {
  if (table === TABLE) return true;
  route.services.logger.error(`registrar: domain not found, registrations are in the table ${TABLE} only`, { table, callId: route.callId });
  return false;
}

/** Takes a REGISTER and answers it, also when it is refused; with flag 2 the script answers. */
function save(route: RouteContext, table: string, flags: number, aorUri: string): number | Promise<number> {
  if (!isTable(route, table) || !route.message.isRequest || route.message.method !== 'REGISTER') return FAILED;
  const { registrar, flushRegistrations } = route.services.modules;
  const result = registrar.save(route.message, route.source, {
    memoryOnly: (flags & MEMORY_ONLY) !== 0,
    singleContact: (flags & SINGLE_CONTACT) !== 0,
    aorUri: aorUri === '' ? undefined : aorUri,
    cflags: route.branchFlags,
  });
  route.locals.registration = result;
  if (flushRegistrations === undefined || !result.changed) return answerSave(route, result, flags);
  return answerWhenWritten(route, result, flags, flushRegistrations);
}

async function answerWhenWritten(route: RouteContext, result: SaveResult, flags: number, flush: () => Promise<void>): Promise<number> {
  const { clock, logger, modules } = route.services;
  try {
    await withDeadline(clock, modules.waitMs, flush());
  } catch (thrown) {
    // It is in memory and will be written; the phone tries again, and that does no harm.
    logger.error('registrar: a registration is not in the database yet', { error: errorText(thrown), callId: route.callId });
    route.locals.registration = { ...result, code: FAILED, status: 500, reason: 'Registration Not Stored', headers: '' };
    return answerSave(route, route.locals.registration, flags);
  }
  return answerSave(route, result, flags);
}

function answerSave(route: RouteContext, result: SaveResult, flags: number): number {
  if ((flags & NO_REPLY) === 0) sendRegistration(route, result);
  return result.code;
}

function sendRegistration(route: RouteContext, { status, reason, headers }: SaveResult): number {
  route.replyHeaders += headers;
  return sendReply(route, status, reason);
}

/** The live bindings of the user of a URI that take this request's method; a code when there are none. */
function find(route: RouteContext, table: string, uriText: string): readonly Binding[] | number {
  if (!isTable(route, table)) return FAILED;
  const uri = userUri(uriText);
  if (uri === undefined) return NOT_A_USER;
  const bindings = route.services.modules.registrar.lookup(uri.user, uri.host);
  if (bindings.length === 0) return FAILED;
  const { method } = route.message;
  const able = bindings.every((binding) => allowsMethod(binding, method)) ? bindings : bindings.filter((binding) => allowsMethod(binding, method));
  return able.length === 0 ? METHOD_NOT_ALLOWED : able;
}

function userUri(text: string): Uri | undefined {
  const uri = parseUri(text);
  return uri === undefined || uri.user === '' ? undefined : uri;
}

/** A binding as a place to forward to. Its Path leads there when it has one, else where its REGISTER came from. */
function targetOf(binding: Binding): Target {
  return target(binding.requestUri, {
    destinationUri: binding.path === undefined ? (binding.received ?? '') : '',
    path: binding.path ?? '',
    q: binding.q < 0 ? -1 : Math.round(binding.q * 1000),
    flags: binding.cflags,
    ruid: binding.ruid,
  });
}

/** Adds targets, best first; those past the bound on branches, which have the lowest q, are not tried. */
function append(route: RouteContext, bindings: readonly Binding[], taken: number): void {
  const room = Math.max(0, route.services.proxy.options.maxBranches - taken - route.appended.length);
  for (const binding of bindings.slice(0, room)) route.appended.push(targetOf(binding));
}

/** The best binding becomes `$ru`, the others further branches. */
function lookup(route: RouteContext, table: string, uri: string): number {
  const found = find(route, table, uri === '' ? route.requestUri : uri);
  if (typeof found === 'number') return found;
  const first = targetOf(found[0]!);
  route.setRequestUri(first.requestUri);
  route.destinationUri = first.destinationUri;
  route.path = first.path;
  route.q = first.q;
  route.ruid = first.ruid;
  route.branchFlags |= first.flags;
  if (found.length > 1) append(route, found.slice(1), 1);
  return OK;
}

/** All bindings become branches beside `$ru`, which stays. */
function lookupToSet(route: RouteContext, table: string, uri: string): number {
  const found = find(route, table, uri === '' ? route.requestUri : uri);
  if (typeof found === 'number') return found;
  append(route, found, route.requestUriIsNew ? 1 : 0);
  return OK;
}

/** Whether a user has bindings; without a URI the user of `$ru`, of a reply that of To. */
function registered(route: RouteContext, table: string, uriText: string): number {
  if (!isTable(route, table)) return FAILED;
  const { message } = route;
  const text = uriText !== '' ? uriText : message.isRequest ? route.requestUri : (message.to?.uriText ?? '');
  const uri = userUri(text);
  return uri !== undefined && route.services.modules.registrar.registered(uri.user, uri.host) ? OK : FAILED;
}

function unregister(route: RouteContext, table: string, uriText: string): number {
  if (!isTable(route, table)) return FAILED;
  const uri = userUri(uriText);
  if (uri === undefined) return FAILED;
  return route.services.modules.registrar.unregister(uri.user, uri.host) > 0 ? OK : NOT_FOUND;
}

function unregisterRuid(route: RouteContext, table: string, ruid: string): number {
  if (!isTable(route, table)) return FAILED;
  return route.services.modules.registrar.unregisterByRuid(ruid) ? OK : NOT_FOUND;
}

function sendPrepared(route: RouteContext): number {
  const { registration } = route.locals;
  return registration !== undefined && sendRegistration(route, registration) === OK ? OK : FAILED;
}

const SAVE = '1 contacts added, 2 updated, 3 removed, 4 asked only, -1 refused, -2 too many contacts. It sends the reply itself, also a refusal, unless flag 2 is set; flag 1 keeps it in memory only, flag 4 leaves the user this one contact';
const LOOKUP = '1 found, -1 nobody registered, -2 no contact takes this method, -3 the URI names no user';

export const registrarRows = [
  waitingRow('save', ['str', 'int'], 'int', (route, table, flags) => save(route, table, flags, ''), `Takes a REGISTER into the table location; ${SAVE}`),
  waitingRow('save_uri', ['str', 'int', 'str'], 'int', save, `The same as save for the user of this URI in place of To; ${SAVE}`),
  row('lookup', ['str'], 'int', (route, table) => lookup(route, table, ''), `Replaces $ru by the best contact of its user and makes the others branches; ${LOOKUP}`),
  row('lookup_uri', ['str', 'str'], 'int', lookup, `The same as lookup for the user of this URI; ${LOOKUP}`),
  row('lookup_to_dset', ['str', 'str'], 'int', lookupToSet, `Makes all contacts of the user of this URI branches and leaves $ru; ${LOOKUP}`),
  row('registered', ['str'], 'int', (route, table) => registered(route, table, ''), '1 when the user of $ru, in a reply of To, has a contact, else -1'),
  row('registered_uri', ['str', 'str'], 'int', registered, '1 when the user of this URI has a contact, else -1'),
  row('registered_flags', ['str', 'str', 'int'], 'int', (route, table, uri) => registered(route, table, uri), 'The same as registered_uri; there are no values that the flags could ask to compare with'),
  row('unregister', ['str', 'str'], 'int', unregister, 'Removes all contacts of the user of this URI; 1 removed, -1 no such URI, -3 there were none'),
  row('unregister_ruid', ['str', 'str', 'str'], 'int', (route, table, _uri, ruid) => unregisterRuid(route, table, ruid), 'Removes the contact with this record id; 1 removed, -3 there is none'),
  row('reg_send_reply', [], 'int', sendPrepared, 'Sends the reply of a save with flag 2; 1 sent, -1 not'),
];
