import type { MessageTexts } from './message-texts.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';

const BY_LANGUAGE: ReadonlyMap<string, MessageTexts> = new Map([
  ['de', de],
  ['en', en],
]);

/** @param locale BCP 47 tag, of which the language counts; English for one that has no texts yet */
export function textsFor(locale: string): MessageTexts {
  return BY_LANGUAGE.get(locale.split(/[-_]/, 1)[0]!.toLowerCase()) ?? en;
}
