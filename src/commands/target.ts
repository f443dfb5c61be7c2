/** Whom to reach: a handle, a SIP user, an address or a number. */
import type { Target } from './command.ts';
import { looksLikeNumber, readPhoneNumber } from './phone-number.ts';

/** Names on X are 1 to 15 letters, digits and `_`. */
const HANDLE = /^@([A-Za-z0-9_]{1,15})$/;
const USER = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?$/;

/**
 * A SIP URI of user and host, with a port and a transport at most (RFC 3261 §19.1.1). No escapes, no headers, no
 * other parameters: what a stranger writes must not add header fields to a request, as `?Replaces=` does.
 */
const URI =
  /^(?:(sips?):)?([A-Za-z0-9_.!~*'+-]{1,64})@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){0,10}[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})|\[[0-9A-Fa-f:.]{2,45}\])(?::([1-9][0-9]{0,4}))?(;transport=(?:udp|tcp|tls))?$/i;
const MAX_URI = 255;

/** Undefined for what nobody can be called by. `pronouns` are names of nobody. */
export function readTarget(text: string, region: string | undefined, pronouns: readonly string[]): Target | undefined {
  if (text.length > MAX_URI) return undefined;
  const handle = HANDLE.exec(text);
  if (handle) return { kind: 'handle', handle: handle[1]! };
  if (looksLikeNumber(text)) return readPhoneNumber(text, region);
  const uri = URI.exec(text);
  if (uri) return readUri(uri);
  return USER.test(text) && !pronouns.includes(text.toLowerCase()) ? { kind: 'user', user: text } : undefined;
}

function readUri([, scheme = 'sip', user, host, port, transport = '']: RegExpExecArray): Target | undefined {
  if (port !== undefined && Number(port) > 65_535) return undefined;
  const uri = `${scheme.toLowerCase()}:${user}@${host!.toLowerCase()}${port === undefined ? '' : `:${port}`}${transport.toLowerCase()}`;
  return { kind: 'uri', uri };
}
