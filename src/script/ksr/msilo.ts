import { addressOf } from '../../registrar/address-of-record.ts';
import { allowsMethod } from '../../registrar/methods.ts';
import { CONTENT_TYPE, EXPIRES } from '../../sip/headers/header-id.ts';
import { escapeUser } from '../../sip/uri/escape-user.ts';
import { parseUri, type Uri } from '../../sip/uri/uri.ts';
import { STORED_MESSAGE_LIMITS, type MessageToStore } from '../ports.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { waitingRow } = rowsOf<RouteContext>('msilo');

const OK = 1;
const FAILED = -1;

/** A type with its parameters as it can go into another message's header. */
const ONE_LINE = /^[\x21-\x7e][\x20-\x7e]*$/;

/** What a request is stored as, or in words why it is not. '' for an address stands for that of the message. */
function messageOf(route: RouteContext, owner: string, from: string, to: string): MessageToStore | string {
  const { message, services } = route;
  const user = userOf(owner);
  if (!message.isRequest || user === undefined) return 'there is no recipient';
  if (message.body === '') return 'it has no body';
  const contentType = message.header(CONTENT_TYPE)?.trim() ?? '';
  if (!ONE_LINE.test(contentType)) return 'it has no Content-Type';
  const fromUri = from || (message.from?.uriText ?? '');
  const toUri = to || (message.to?.uriText ?? '');
  if (parseUri(fromUri) === undefined || parseUri(toUri) === undefined) return 'the sender or the recipient is no URI';
  const stored = {
    ...mailboxOf(user),
    fromUri,
    toUri,
    contentType,
    body: message.body,
    // For people who look into the table only.
    callId: message.callId.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, STORED_MESSAGE_LIMITS.callId),
    receivedAtMs: services.clock.now(),
    expiresAtMs: services.clock.now() + 1000 * lifetimeS(route),
  };
  const long = (['username', 'domain', 'contentType'] as const).find((name) => stored[name].length > STORED_MESSAGE_LIMITS[name]);
  return long === undefined ? stored : `its ${long} is too long`;
}

/** The Expires of the message, at most what the configuration says. */
function lifetimeS({ message, services }: RouteContext): number {
  const { messageExpireS } = services.modules;
  const asked = /^\d{1,10}$/.exec(message.header(EXPIRES) ?? '');
  return asked === null || Number(asked[0]) === 0 ? messageExpireS : Math.min(Number(asked[0]), messageExpireS);
}

function userOf(uriText: string): Uri | undefined {
  const uri = parseUri(uriText);
  return uri === undefined || uri.user === '' || uri.host === '' ? undefined : uri;
}

/** One spelling of the name, as registrations have it, so that a message finds the phone whatever its sender wrote. */
function mailboxOf({ user, host }: Uri): { username: string; domain: string } {
  return { username: addressOf(user, host, false).username, domain: host.toLowerCase() };
}

async function store(route: RouteContext, owner: string, from: string, to: string): Promise<number> {
  const { logger, modules } = route.services;
  // What `mdump` has sent is stored already: kept again, it would live for ever.
  if (modules.requests.isOwn(route.source) && modules.silo.isOnItsWay(route.callId)) return FAILED;
  const message = messageOf(route, owner, from, to);
  if (typeof message === 'string') {
    logger.warn(`msilo: a message is not stored: ${message}`, { callId: route.callId });
    return FAILED;
  }
  if (await modules.silo.store(message)) return OK;
  logger.warn('msilo: a message is not stored: the recipient has too many', { username: message.username, callId: route.callId });
  return FAILED;
}

async function dump(route: RouteContext, owner: string): Promise<number> {
  const { logger, modules, ownNames } = route.services;
  const uri = userOf(owner);
  if (uri === undefined) {
    logger.warn('msilo: nothing is delivered, there is no recipient', { callId: route.callId });
    return FAILED;
  }
  const takesMessages = () => modules.registrar.lookup(uri.user, uri.host).some((binding) => allowsMethod(binding, 'MESSAGE'));
  // A phone that has just gone, or that says it takes no messages.
  if (route.message.method === 'REGISTER' && !takesMessages()) return FAILED;
  const { username } = mailboxOf(uri);
  return (await modules.silo.dump(username, `sip:${escapeUser(username)}@${ownNames.userHost}`)) ? OK : FAILED;
}

export const msiloRows = [
  waitingRow('mstore', [], 'int', (route) => store(route, route.requestUri, '', ''), 'Keeps this MESSAGE for the user of $ru; 1 kept, -1 not: no body, no type, the user has limits.maxStoredMessages, or it is one that mdump sends. Whether there is such a user is for the script to know'),
  waitingRow('mstore_uri', ['str'], 'int', (route, owner) => store(route, owner, '', ''), 'The same for the user of a URI'),
  waitingRow('mstore_addrs', ['str', 'str', 'str'], 'int', store, 'The same for the user of the first URI, as from the second and to the third; "" takes From and To'),
  waitingRow('mdump', [], 'int', (route) => dump(route, route.message.to?.uriText ?? ''), 'Begins to send what is kept for the user of To, the oldest first, through the service\'s own routing; 1 begun or nothing there, -1 not, as for a REGISTER that leaves no phone that takes MESSAGE'),
  waitingRow('mdump_uri', ['str'], 'int', dump, 'The same for the user of a URI'),
];
