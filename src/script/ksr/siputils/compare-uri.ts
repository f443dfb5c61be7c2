import { plainHost, unescapeUri, uriParameter, type Uri } from '../../../sip/uri/uri.ts';

/** Parameters that must be equal even when only one URI has them (RFC 3261 §19.1.4). */
const DECISIVE = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** True when two URIs are equivalent by §19.1.4. */
export function areEquivalent(a: Uri, b: Uri): boolean {
  if (a.scheme !== b.scheme) return false;
  if (a.scheme === 'other') return a.text === b.text;
  if (unescapeUri(a.user) !== unescapeUri(b.user) || unescapeUri(a.password) !== unescapeUri(b.password)) return false;
  if (plainHost(a.host) !== plainHost(b.host) || a.port !== b.port) return false;
  return haveSameParameters(a, b) && headersOf(a) === headersOf(b);
}

function haveSameParameters(a: Uri, b: Uri): boolean {
  for (const name of DECISIVE) if (uriParameter(a, name)?.toLowerCase() !== uriParameter(b, name)?.toLowerCase()) return false;
  // Any other parameter counts only when both have it.
  for (const part of a.params.split(';')) {
    const name = part.split('=')[0]!.toLowerCase();
    const theirs = name === '' ? undefined : uriParameter(b, name);
    if (theirs !== undefined && theirs.toLowerCase() !== uriParameter(a, name)?.toLowerCase()) return false;
  }
  return true;
}

/** Headers in one order: theirs does not matter. */
function headersOf(uri: Uri): string {
  return uri.headers === '' ? '' : uri.headers.split('&').sort().join('&');
}

/** True when two URIs name one user at one host, whatever port and parameters say. */
export function areSameAddressOfRecord(a: Uri, b: Uri): boolean {
  return a.scheme !== 'other' && a.scheme === b.scheme && unescapeUri(a.user) === unescapeUri(b.user) && plainHost(a.host) === plainHost(b.host);
}
