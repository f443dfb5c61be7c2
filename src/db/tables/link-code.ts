/**
 * The one-time code that links a SIP user to an account on X: `SW-7F3K-9QXM`. Eight characters of
 * Crockford's alphabet, which leaves out what looks alike, carry 40 random bits. That is enough for a
 * code that lives minutes, is looked up online only and allows an account five mistakes an hour.
 */
import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;
const PREFIX = 'SW';

/** A new code as it is shown. */
export function newLinkCode(): string {
  // 256 is a multiple of 32: every character is as likely as the others.
  const text = Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `${PREFIX}-${text.slice(0, 4)}-${text.slice(4)}`;
}

/**
 * The eight characters of a code as somebody typed it: in any case, with or without prefix, hyphens
 * and blanks, with O for 0 and I or L for 1. Undefined for what cannot be a code.
 */
export function readLinkCode(typed: string): string | undefined {
  if (typed.length > 64) return undefined;
  const text = typed
    .replace(/[\s\p{Pd}]+/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const code = text.length === PREFIX.length + LENGTH && text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  if (code.length !== LENGTH) return undefined;
  return [...code].every((character) => ALPHABET.includes(character)) ? code : undefined;
}

/** What the database keeps of a code: SHA-256 in hex of its eight characters. */
export function hashOfLinkCode(code: string): string {
  return createHash('sha256').update(code, 'latin1').digest('hex');
}
