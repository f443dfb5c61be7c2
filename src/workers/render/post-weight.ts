/** How long X thinks a text is. Source: the configuration of twitter-text v3, which X's limits refer to. */

export const MAX_POST_WEIGHT = 280;

/** Every link counts as the short one that X makes of it. */
const LINK_WEIGHT = 23;
/** Characters that count once; all others, CJK among them, count twice. */
const LIGHT = [
  [0x0000, 0x10ff],
  [0x2000, 0x200d],
  [0x2010, 0x201f],
  [0x2032, 0x2037],
] as const;
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;
const WITH_SCHEME = /^https?:\/\//i;

/** What X may take for a link: with a scheme, or labels with dots between them that end in letters. */
export const LINKS = /https?:\/\/\S+|(?<![\p{L}\p{N}@._-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?:\/\S*)?/giu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The weight of a text, never less than X's. Without a scheme X makes links only of domains that
 * exist, which nobody can keep a list of: such a word weighs what is more, itself or a link.
 */
export function postWeight(text: string): number {
  let weight = 0;
  let end = 0;
  const normal = text.normalize('NFC');
  for (const link of normal.matchAll(LINKS)) {
    weight += plainWeight(normal.slice(end, link.index));
    weight += WITH_SCHEME.test(link[0]) ? LINK_WEIGHT : Math.max(LINK_WEIGHT, plainWeight(link[0]));
    end = link.index + link[0].length;
  }
  return weight + plainWeight(normal.slice(end));
}

function plainWeight(text: string): number {
  let weight = 0;
  for (const { segment } of graphemes.segment(text)) {
    // An emoji counts as one heavy character, of however many it is made.
    if (EMOJI.test(segment)) weight += 2;
    else for (const character of segment) weight += isLight(character.codePointAt(0)!) ? 1 : 2;
  }
  return weight;
}

function isLight(code: number): boolean {
  return LIGHT.some(([from, to]) => code >= from && code <= to);
}
