import { createHash } from 'node:crypto';

const LONGEST = 200;

/**
 * The id that BullMQ stores a job under. BullMQ takes no `:` in it and no bare integer, and
 * PostgreSQL takes no NUL; ours may be any text. Readable ids stay readable; the letter in front
 * keeps encoded and hashed ones apart, and integers from being integers.
 */
export function bullJobId(id: string): string {
  const encoded = Array.from(Buffer.from(id, 'utf8'), encodeByte).join('');
  if (encoded.length <= LONGEST) return `j-${encoded}`;
  return `h-${createHash('sha256').update(id, 'utf8').digest('hex')}`;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9._@~+-]/.test(character)) return character;
  return `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
}
