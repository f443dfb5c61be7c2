/**
 * SIP URIs that people may name as a target: a user and a host, nothing that could redirect the request or
 * add to it. Parameters (`maddr` sends the call elsewhere), passwords and headers (RFC 3261 §19.1.1) are no
 * part of how a person is called.
 */
export interface PlainSipUri {
  /** Without escapes. */
  readonly user: string;
  /** Lower case; IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** The URI as it is used. */
  readonly text: string;
}

const FORM = /^sip:((?:[A-Za-z0-9\-_.!~*'()&=+$,?/]|%[0-9A-Fa-f]{2}){1,128})@([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/i;
/** Characters that people put between digits, and that no two numbers differ by (RFC 3966 §5.1.1). */
const SEPARATORS = /[-.() ]/g;

/** `undefined` for anything else. */
export function readPlainSipUri(text: string): PlainSipUri | undefined {
  const match = FORM.exec(text.trim());
  if (match === null) return undefined;
  const [, rawUser, rawHost, rawPort] = match;
  const user = unescaped(rawUser!);
  const port = rawPort === undefined ? undefined : Number(rawPort);
  if (user === undefined || (port !== undefined && (port < 1 || port > 65_535))) return undefined;
  const host = rawHost!.toLowerCase().replace(/\.$/, '');
  return { user, host, port, text: `sip:${rawUser}@${host}${port === undefined ? '' : `:${port}`}` };
}

/** The digits of a user part that a gateway could take for a telephone number; `undefined` when it could not. */
export function dialledDigits(user: string): string | undefined {
  const bare = user.replace(SEPARATORS, '');
  return /^\+?[0-9*#]+$/.test(bare) ? bare.replace(/^\+/, '') : undefined;
}

/** An escape that hides a control character, a blank or a delimiter is no name of a person. */
function unescaped(user: string): string | undefined {
  try {
    const plain = decodeURIComponent(user);
    return /[\p{Cc}\p{Z}@;:<>"\\]/u.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}
