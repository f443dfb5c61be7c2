import { LINKS } from '../render/post-weight.ts';

/** What X would make a mention of: either of the two signs, except behind what it takes for the inside of a word. */
const MENTION = /(?<![A-Za-z0-9_!#$%&*@＠])[@＠](?=[A-Za-z0-9_])/gu;

/**
 * A text for everybody to read that names nobody and links to nothing: an answer in which a user makes us mention
 * others, or advertise, is his word in our mouth. Handles lose their `@`, addresses of the web their dots.
 */
export function harmless(text: string): string {
  return text.replace(MENTION, '').replace(LINKS, (link) => link.replace(/:\/\//, ': ').replace(/\.(?=\p{L})/gu, '. '));
}
