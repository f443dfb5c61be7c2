/** Spans that pass by the watch, whatever the clocks on the wall do: `in 1 h 30 min`, `in ten minutes`. */
import type { TimeWords } from './language.ts';

/**
 * How long, in milliseconds. chrono-node adds spans on the clock of the host, which loses or gains an hour when that
 * changes; so the words that it found are added up here. Undefined for what is not counted: `a few minutes`.
 */
export function readElapsed(text: string, { units, numbers, aroundSpans }: TimeWords): number | undefined {
  const words = text.match(/\d{1,6}(?:[.,]\d{1,3})?|\p{L}+/gu) ?? [];
  const others: string[] = [];
  let sumMs = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]!;
    const number = /^\d/.test(word) ? Number(word.replace(',', '.')) : numbers[word];
    const unitMs = units[words[i + 1] ?? ''];
    if (number !== undefined && unitMs !== undefined) {
      sumMs += number * unitMs;
      i += 1;
    } else {
      others.push(word);
    }
  }
  return sumMs > 0 && aroundSpans.test(others.join(' ')) ? Math.round(sumMs) : undefined;
}
