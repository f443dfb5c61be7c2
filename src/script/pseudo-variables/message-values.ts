import { AUTHORIZATION, CONTACT, PROXY_AUTHORIZATION, USER_AGENT } from '../../sip/headers/header-id.ts';
import type { NameAddr } from '../../sip/headers/name-addr.ts';
import { parseDigestParams } from '../../sip/auth/auth-params.ts';
import type { SipMessage } from '../../sip/message/sip-message.ts';
import { bracketHost } from '../../sip/uri/uri.ts';
import type { RouteContext } from '../route-context.ts';
import { textOrNull } from './pseudo-variable.ts';

/** What both pseudo-variables and the functions of `KSR.kx` read from a message. `null` is what is not there. */

export const requestUri = (route: RouteContext): string | null => textOrNull(route.requestUri);

export const originalUri = (route: RouteContext): string | null => (route.message.isRequest ? route.message.requestUriText : null);

export const destinationUri = (route: RouteContext): string | null => textOrNull(route.destinationUri);

/** `$nhu`: where the request goes next. */
export const nextHopUri = (route: RouteContext): string | null => destinationUri(route) ?? requestUri(route);

export const addressUri = (address: NameAddr | undefined): string | null => address?.uriText ?? null;
export const addressUser = (address: NameAddr | undefined): string | null => textOrNull(address?.uri?.user);
export const addressHost = (address: NameAddr | undefined): string | null => textOrNull(address?.uri?.host);
/** With its quotes, as Kamailio has it. */
export const addressDisplayName = (address: NameAddr | undefined): string | null => textOrNull(address?.rawDisplayName);
export const addressTag = (address: NameAddr | undefined): string | null => textOrNull(address?.tag);

export const userAgent = (route: RouteContext): string | null => route.message.header(USER_AGENT) ?? null;

export function body(route: RouteContext): string | null {
  const { message } = route;
  return message.bodyEnd > message.bodyStart ? message.body : null;
}

/** URI of the first Contact. */
export function contactUri(route: RouteContext): string | null {
  const { contacts } = route.message;
  if (contacts === undefined || contacts === '*') return null;
  return contacts[0]?.uriText ?? null;
}

/** First Contact header field as it came. */
export const contact = (route: RouteContext): string | null => route.message.header(CONTACT) ?? null;

/**
 * One parameter of the digest credentials; those of Proxy-Authorization win. ACK and CANCEL cannot
 * be challenged, so theirs mean nothing.
 */
export function digestParameter(message: SipMessage, name: string): string | null {
  if (message.method === 'ACK' || message.method === 'CANCEL') return null;
  const value = message.header(PROXY_AUTHORIZATION) ?? message.header(AUTHORIZATION);
  if (value === undefined) return null;
  const params = parseDigestParams(value);
  return 'failure' in params ? null : textOrNull(params.get(name));
}

/** Digest user name without the domain that some phones add. */
export function authUser(message: SipMessage): string | null {
  const user = digestParameter(message, 'username');
  if (user === null) return null;
  const at = user.indexOf('@');
  return textOrNull(at < 0 ? user : user.slice(0, at));
}

/** The address that the request came in on, as its sender should see it. */
export function receivedAddress(route: RouteContext): { host: string; port: number } {
  const { local, address } = route.source;
  const sentBy = route.services.endpoint.sentByOf(local, address);
  return { host: sentBy.slice(0, sentBy.lastIndexOf(':')).replace(/[[\]]/g, ''), port: local.port };
}

/** `udp:192.0.2.1:5060`, as sockets are written in Kamailio. */
export function socketText(protocol: string, address: string, port: number): string {
  return `${protocol}:${bracketHost(address)}:${port}`;
}

/** Where the message came from, as a URI. */
export function sourceUri(route: RouteContext): string {
  const { protocol, address, port } = route.source;
  return `sip:${bracketHost(address)}:${port}${protocol === 'udp' ? '' : `;transport=${protocol}`}`;
}
