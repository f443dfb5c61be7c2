/**
 * Character classes of RFC 3261 §25.1 for one-byte text. A table look-up per character is what
 * the parser's inner loops are made of.
 */

const TOKEN = 1;
const HOST = 2;
const DIGIT = 4;
const USER = 8;
const URI = 16;
const HEX = 32;
const VALUE = 64;

const classes = new Uint8Array(256);

function add(characters: string, bit: number): void {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    classes[code] = classes[code]! | bit;
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

add(LETTERS + DIGITS + "-.!%*_+`'~", TOKEN);
// Underscores are not allowed in host names but are seen in the field, in container names above all.
add(LETTERS + DIGITS + '-._', HOST);
add(DIGITS, DIGIT);
add(DIGITS + 'abcdefABCDEF', HEX);
// unreserved, user-unreserved, escapes and the ':' before a password.
add(LETTERS + DIGITS + "-_.!~*'()" + '&=+$,;?/' + '%:', USER);
// '#' is not allowed by the grammar, phones dial it all the same.
add('#', USER);
// What may stand anywhere in a URI: reserved, unreserved, escapes, brackets of IPv6, '#' as above.
add(LETTERS + DIGITS + "-_.!~*'();/?:@&=+$,%[]#", URI);
// What is let through as the value of a header parameter besides tokens: addresses without quotes, as
// in `received=2001:db8::1` (RFC 5118 §4.5), what extension parameters are seen with, and UTF-8.
add(LETTERS + DIGITS + "-.!%*_+`'~" + '[]:/@&?#$=', VALUE);
for (let code = 0x80; code < 0x100; code += 1) classes[code] = VALUE;

export const isToken = (code: number): boolean => (classes[code]! & TOKEN) !== 0;
export const isHost = (code: number): boolean => (classes[code]! & HOST) !== 0;
export const isDigit = (code: number): boolean => (classes[code]! & DIGIT) !== 0;
export const isUser = (code: number): boolean => (classes[code]! & USER) !== 0;
export const isUri = (code: number): boolean => (classes[code]! & URI) !== 0;
export const isHex = (code: number): boolean => (classes[code]! & HEX) !== 0;
export const isParameterValue = (code: number): boolean => (classes[code]! & VALUE) !== 0;

export const NUL = 0x00;
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const PERCENT = 0x25;
export const COMMA = 0x2c;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const AT = 0x40;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
