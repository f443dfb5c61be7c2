import { LINKS } from './post-weight.ts';
import { withReference, withoutReference } from './reference.ts';

/** What a channel takes. */
export interface Limit {
  readonly max: number;
  /** What of `max` a text uses up. */
  weigh(text: string): number;
}

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The text with the message's reference at its end, by which it is known again. What is too long is
 * cut between two characters as people see them, and never within a link; the reference stays.
 */
export function fitMessage(content: string, id: string, limit: Limit): string {
  const text = withoutReference(content.normalize('NFC'), id);
  const whole = withReference(text, id);
  if (limit.weigh(whole) <= limit.max) return whole;
  let left = limit.max - limit.weigh(withReference(ELLIPSIS, id));
  const ends = [0];
  for (const part of parts(text)) {
    left -= limit.weigh(part);
    if (left < 0) break;
    ends.push(ends.at(-1)! + part.length);
  }
  for (;;) {
    const cut = withReference(`${text.slice(0, ends.pop()).trimEnd()}${ELLIPSIS}`, id);
    // Characters side by side may become one thing that weighs more than they did apart.
    if (ends.length === 0 || limit.weigh(cut) <= limit.max) return cut;
  }
}

/** Links whole, the rest by character. */
function* parts(text: string): Generator<string> {
  let end = 0;
  for (const link of text.matchAll(LINKS)) {
    for (const { segment } of graphemes.segment(text.slice(end, link.index))) yield segment;
    yield link[0];
    end = link.index + link[0].length;
  }
  for (const { segment } of graphemes.segment(text.slice(end))) yield segment;
}
