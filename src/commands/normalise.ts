/**
 * What people type, before the grammar looks at it.
 *
 * Two forms of the same words. The *clean* text is what other people will read (the text of a message, what a
 * reminder is about): all as it was written, without what cannot be seen. A *plain* word is what is compared
 * with words of the grammar and read as a number: compatibility forms, quotes and digits in their ASCII form.
 *
 * Line breaks: every run of white space, of which CR, LF and all other line separators are part, becomes one
 * space. So nothing that is written to us can begin a line anywhere.
 */

/** Longer input cannot come from X (a direct message has at most 10,000 characters); the rest is not looked at. */
const MAX_INPUT = 10_000;

/** White space and all that works as a line break or a separator in some program. */
const WHITE_SPACE = /[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu;

/** A joiner between two emoji, or between letters of the scripts whose spelling needs it, is part of the word. */
const JOINER_IN_PLACE =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})|(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Kannada}])[\u200c\u200d](?=[\p{L}\p{M}])/gu;

/** Format characters (zero width, text direction, tags), halves of surrogate pairs, private use. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}]/gu;

/**
 * The text without control characters, text direction controls and zero-width characters, with one space for
 * each run of white space. Entities of HTML are text here: where X is read its own were decoded.
 */
export function cleanText(text: string): string {
  return withoutInvisible(text.slice(0, MAX_INPUT))
    .replace(WHITE_SPACE, ' ')
    .trim()
    .normalize('NFC');
}

function withoutInvisible(text: string): string {
  let clean = '';
  let from = 0;
  for (const { index } of text.matchAll(JOINER_IN_PLACE)) {
    clean += text.slice(from, index).replace(INVISIBLE, '') + text[index]!;
    from = index + 1;
  }
  return clean + text.slice(from).replace(INVISIBLE, '');
}

/** One word in its ASCII form where it has one: full-width and other compatibility forms, quotes, dashes, digits of all scripts. */
export function plainWord(word: string): string {
  return word
    .normalize('NFKC')
    .replace(/[\p{Cf}\s]+/gu, '')
    .replace(/[\u2018\u2019\u201a\u201b\u2032\u00b4`]/g, "'")
    .replace(/[\u201c-\u201f\u2033\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\p{Nd}/gu, asciiDigit);
}

/** In Unicode the digits of a script stand together in tens and begin with its zero. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0)!;
  if (code < 0x80) return digit;
  let before = 0;
  while (before < 20 && /\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

/** For comparing: lower case, without accents, `ß` as `ss`. */
export function foldWord(word: string): string {
  return word
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC');
}

/** Quotes, brackets and the punctuation of a sentence round a word, none of which belongs to a name, a number or an address. */
export function bareWord(word: string): string {
  return word.replace(/^["'([{<]+/, '').replace(/["')\]}>,.!?;:]+$/, '');
}
