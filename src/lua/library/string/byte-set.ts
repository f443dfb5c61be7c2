/** Sets of bytes that one item of a pattern matches (Lua 5.3 reference manual, §6.4.1). The locale is C's. */

/** 1 at each byte that belongs to the set. */
export type ByteSet = Readonly<Uint8Array>;

function setOf(contains: (byte: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, byte) => (contains(byte) ? 1 : 0));
}

const between = (first: string, last: string) => (byte: number) => byte >= first.charCodeAt(0) && byte <= last.charCodeAt(0);
const isDigit = between('0', '9');
const isLower = between('a', 'z');
const isUpper = between('A', 'Z');
const isGraphic = between('!', '~');
const isAlpha = (byte: number) => isLower(byte) || isUpper(byte);
const isAlphanumeric = (byte: number) => isAlpha(byte) || isDigit(byte);

const CLASSES: Readonly<Record<string, (byte: number) => boolean>> = {
  a: isAlpha,
  c: (byte) => byte < 32 || byte === 127,
  d: isDigit,
  g: isGraphic,
  l: isLower,
  p: (byte) => isGraphic(byte) && !isAlphanumeric(byte),
  s: (byte) => byte === 32 || (byte >= 9 && byte <= 13),
  u: isUpper,
  w: isAlphanumeric,
  x: (byte) => isDigit(byte) || between('a', 'f')(byte) || between('A', 'F')(byte),
  // Of Lua 5.1, whose patterns could not have zeros.
  z: (byte) => byte === 0,
};

/** By the letter of the class; the upper case letter is the complement. */
const CLASS_SETS = new Map<string, ByteSet>();
for (const [letter, contains] of Object.entries(CLASSES)) {
  CLASS_SETS.set(letter, setOf(contains));
  CLASS_SETS.set(letter.toUpperCase(), setOf((byte) => !contains(byte)));
}

export const ANY_BYTE = setOf(() => true);
export const NO_BYTE = setOf(() => false);

const singletons: ByteSet[] = [];

export function singleByte(byte: number): ByteSet {
  return (singletons[byte] ??= setOf((other) => other === byte));
}

/** What `%` and a character match: a class, or the character itself. */
export function escapedSet(character: string): ByteSet {
  return CLASS_SETS.get(character) ?? singleByte(character.charCodeAt(0));
}

/** The set between brackets. `text` is what stands between them. */
export function bracketSet(text: string): ByteSet {
  const complement = text.startsWith('^');
  const set = new Uint8Array(256);
  const include = (other: ByteSet): void => other.forEach((member, byte) => (set[byte]! |= member));
  for (let at = complement ? 1 : 0; at < text.length; at += 1) {
    if (text[at] === '%') {
      at += 1;
      include(escapedSet(text[at] ?? ']'));
    } else if (text[at + 1] === '-' && at + 2 < text.length) {
      set.fill(1, text.charCodeAt(at), text.charCodeAt(at + 2) + 1);
      at += 2;
    } else {
      set[text.charCodeAt(at)] = 1;
    }
  }
  return complement ? set.map((member) => 1 - member) : set;
}
