import type { Uri } from '../../sip/uri/uri.ts';
import { skipHost } from '../../sip/uri/uri.ts';
import type { RouteContext } from '../route-context.ts';

/** Longest URI that a script may set, in octets. */
const MAX_URI_BYTES = 4096;

/**
 * True when `text` can stand in a Request-Line: it has no blank, control character, quote or angle
 * bracket that would end it there. Whether it is a URI is asked when it is used.
 */
export function isUriText(text: string): boolean {
  if (text === '' || text.length > MAX_URI_BYTES) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f || code === 0x22 || code === 0x3c || code === 0x3e) return false;
  }
  return true;
}

/** Writes `$ru`. False when the text cannot stand in a Request-Line, and in replies. */
export function setRequestUri(route: RouteContext, text: string): boolean {
  if (!route.message.isRequest || !isUriText(text)) return false;
  route.setRequestUri(text);
  return true;
}

/** Writes `$du`; '' takes it away. */
export function setDestinationUri(route: RouteContext, text: string): boolean {
  if (text !== '' && !isUriText(text)) return false;
  route.destinationUri = text;
  return true;
}

/** The parts of a URI that can be set one by one; '' and 0 take a part away. */
export interface UriParts {
  readonly user?: string;
  readonly host?: string;
  readonly port?: number;
}

/** The same URI with other parts, or undefined when a part cannot stand in a URI. */
export function withParts(uri: Uri, parts: UriParts): string | undefined {
  const user = parts.user ?? uri.user;
  const scheme = uri.text.slice(0, uri.text.indexOf(':'));
  if (uri.scheme === 'tel') return parts.host === undefined && user !== '' ? `${scheme}:${user}${uri.params}` : undefined;
  const host = parts.host ?? uri.host;
  const port = parts.port ?? uri.port;
  if (user.includes('@') || host === '' || skipHost(host, 0) !== host.length) return undefined;
  const password = uri.password === '' || user === '' ? '' : `:${uri.password}`;
  const userPart = user === '' ? '' : `${user}${password}@`;
  const headers = uri.headers === '' ? '' : `?${uri.headers}`;
  return `${scheme}:${userPart}${host}${port === 0 ? '' : `:${port}`}${uri.params}${headers}`;
}

/** Writes one part of `$ru` (`$rU`, `$rd`, `$rp`, `setuser`, `sethost`). */
export function setRequestUriParts(route: RouteContext, parts: UriParts): boolean {
  const uri = route.parsedRequestUri;
  const text = uri === undefined ? undefined : withParts(uri, parts);
  return text !== undefined && setRequestUri(route, text);
}

/** Transport that a URI names; `udp` where it names none, `tls` for sips (RFC 3261 §19.1.1). */
export function transportOf(uri: Uri): string {
  const match = /;transport=([^;]*)/i.exec(uri.params);
  return match === null ? (uri.scheme === 'sips' ? 'tls' : 'udp') : match[1]!.toLowerCase();
}

/** Port that a URI names, as text; the default of its scheme where it names none. */
export function portOf(uri: Uri): string {
  return uri.port !== 0 ? String(uri.port) : transportOf(uri) === 'tls' ? '5061' : '5060';
}
