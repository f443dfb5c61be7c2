/** Comparison of URIs (RFC 3261 §19.1.4): whether two of them name the same resource. */
import { plainHost, type Uri } from './uri.ts';

/** Parameters that must be in both URIs or in neither; others count only when both have them. */
const NEVER_IGNORED = ['transport', 'user', 'ttl', 'method', 'maddr'];

/**
 * True when `a` and `b` are equivalent. A port that is left out is not the default port written
 * out; sip and sips are never equal. URIs of unknown schemes are equal when their texts are.
 */
export function urisEqual(a: Uri, b: Uri): boolean {
  if (a.text === b.text) return true;
  if (a.scheme !== b.scheme || a.scheme === 'other') return false;
  // RFC 3966 §4: visual separators do not count.
  if (a.scheme === 'tel') return telNumber(a) === telNumber(b) && paramsAgree(a, b) && paramsAgree(b, a);
  return (
    a.port === b.port &&
    unescapeUnreserved(a.user) === unescapeUnreserved(b.user) &&
    unescapeUnreserved(a.password) === unescapeUnreserved(b.password) &&
    hostsEqual(a.host, b.host) &&
    paramsAgree(a, b) &&
    headersEqual(a.headers, b.headers)
  );
}

function telNumber(uri: Uri): string {
  return uri.user.replace(/[-.()]/g, '').toLowerCase();
}

function hostsEqual(a: string, b: string): boolean {
  const left = plainHost(a);
  const right = plainHost(b);
  return left === right || (left.includes(':') && right.includes(':') && ipv6(left) === ipv6(right));
}

/** An IPv6 address has many spellings (RFC 5118 §4.5): the URL parser of the platform knows the shortest one. */
function ipv6(address: string): string {
  const url = `http://[${address}]/`;
  return URL.canParse(url) ? new URL(url).hostname : address;
}

function paramsAgree(a: Uri, b: Uri): boolean {
  if (a.params === b.params) return true;
  const left = params(a.params);
  const right = params(b.params);
  for (const [name, value] of left) {
    const other = right.get(name);
    if (other !== undefined && other !== value) return false;
  }
  return NEVER_IGNORED.every((name) => left.has(name) === right.has(name));
}

/** Names and values in lower case; of a name that stands twice the first counts. */
function params(text: string): ReadonlyMap<string, string> {
  return pairs(text, ';', (value) => value.toLowerCase());
}

/** Header components are never ignored; their order does not count, and their values keep their case. */
function headersEqual(a: string, b: string): boolean {
  if (a === b) return true;
  const left = pairs(a, '&', (value) => value);
  const right = pairs(b, '&', (value) => value);
  if (left.size !== right.size) return false;
  for (const [name, value] of left) if (right.get(name) !== value) return false;
  return true;
}

function pairs(text: string, separator: string, fold: (value: string) => string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split(separator)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = unescapeUnreserved(equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    if (!found.has(name)) found.set(name, equals < 0 ? '' : fold(unescapeUnreserved(part.slice(equals + 1))));
  }
  return found;
}

/** Escapes of characters outside the reserved set equal the characters; those within it do not. */
function unescapeUnreserved(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9a-fA-F]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return ';/?:@&=+$,%'.includes(character) ? escape.toUpperCase() : character;
  });
}
