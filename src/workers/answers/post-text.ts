/** What a text becomes when it is said under a post, where everybody reads it and X counts its characters. */

/** X's bound for a post, in its own measure. */
export const MAX_POST_LENGTH = 280;
/** Every link is counted as one of this length, since X shortens it. */
const LINK_LENGTH = 23;
/** Weight 1; all else is 2 (X's configuration of `twitter-text`, version 3). */
const LIGHT: readonly (readonly [number, number])[] = [
  [0, 0x10ff],
  [0x2000, 0x200d],
  [0x2010, 0x201f],
  [0x2032, 0x2037],
];
/** What X would make a link of. What follows an `@` it takes for an address. */
const LINK = /(?:https?:\/\/\S+)|(?<![@\p{L}\p{N}._-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?:\/\S*)?/giu;
/** What X would make a mention of: either of the two signs, except behind what it takes for the inside of a word. */
const MENTION = /(?<![A-Za-z0-9_!#$%&*@＠])[@＠](?=[A-Za-z0-9_])/gu;

/** Characters as X counts them: never less than X itself. */
export function weightedLength(text: string): number {
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    length += LIGHT.some(([first, last]) => point >= first && point <= last) ? 1 : 2;
  }
  for (const [link] of text.matchAll(LINK)) length += Math.max(LINK_LENGTH - link.length, 0);
  return length;
}

/**
 * Names nobody and links to nothing: a reply in which a user makes us mention others, or advertise, is his
 * word in our mouth. Handles lose their `@`, addresses of the web their dots.
 */
export function harmless(text: string): string {
  return text.replace(MENTION, '').replace(LINK, (link) => link.replace(/:\/\//, ': ').replace(/\.(?=\p{L})/gu, '. '));
}

/** The text, cut with "…" where X's bound would be exceeded by it and the end that follows. */
export function fitted(text: string, end: string): string {
  const room = MAX_POST_LENGTH - weightedLength(end);
  if (weightedLength(text) <= room) return text;
  const points = Array.from(text);
  while (points.length > 0 && weightedLength(`${points.join('')}…`) > room) points.pop();
  return `${points.join('').trimEnd()}…`;
}
