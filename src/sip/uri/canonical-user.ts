import { PERCENT } from '../grammar/characters.ts';

/**
 * One spelling for all spellings of a user part (RFC 3261 §10.3 step 5): escapes become the
 * characters they stand for. Those that do not show (controls, NUL above all), `%` itself and what
 * is not ASCII stay escaped, in upper case: so two different users never become one, no store cuts
 * a name at a NUL, and the result can be put back into a URI or a column as it is.
 */
export function canonicalUser(user: string): string {
  return user.includes('%') ? user.replace(/%([0-9a-fA-F]{2})/g, plain) : user;
}

function plain(escape: string, hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code >= 0x20 && code < 0x7f && code !== PERCENT ? String.fromCharCode(code) : escape.toUpperCase();
}
