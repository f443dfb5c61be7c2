/** Text from the network, made fit to stand in a line that people read and trust. */

/** Characters that show nothing although Unicode calls them letters or symbols. */
const FILLERS = /[\u115f\u1160\u2800\u3164\uffa0]/gu;
/**
 * Invisible ones: overrides of the writing direction, zero-width, private and broken characters. The
 * two joiners stay, since names in Persian and composed emoji need them.
 */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cf}\p{Co}\p{Cs}]/gu;
const BREAKS = /[\p{Cc}\p{Z}]+/gu;
/** More marks on one letter than any script writes: they would paint over the lines around. */
const MARKS = /(\p{M}{4})\p{M}+/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** Begin and end of what X would turn into a link: a dot with a letter behind it. */
const LINK_DOT = /\.(?=\p{L})/gu;
const QUOTES = /["\u00ab\u00bb\u201c-\u201f\uff02]/gu;
/** They would look like the address that follows the name. */
const BRACKETS = /[<>]/g;

/**
 * One line without anything invisible, at most `maxLength` code points; a longer one ends in "…".
 * Empty when nothing visible is left.
 */
export function plainText(text: string, maxLength: number): string {
  const clean = text
    .normalize('NFC')
    .replace(BREAKS, ' ')
    .replace(INVISIBLE, '')
    .replace(FILLERS, '')
    .replace(MARKS, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  if (!VISIBLE.test(clean)) return '';
  const points = Array.from(clean);
  if (points.length <= maxLength) return clean;
  return `${points.slice(0, maxLength - 1).join('').trimEnd()}…`;
}

/**
 * A display name as it stands between double quotes. It cannot end the quotes and speak in our
 * name, and it holds no link: X makes one of each `word.word`, and whoever calls chooses his name.
 */
export function quotableName(name: string, maxLength: number): string {
  return plainText(name.replace(LINK_DOT, '. ').replace(BRACKETS, ''), maxLength).replace(QUOTES, "'");
}
