import type { AnswerTexts } from './answer-texts.ts';
import { de } from './de.ts';
import { en } from './en.ts';

const BY_LANGUAGE: ReadonlyMap<string, AnswerTexts> = new Map([
  ['de', de],
  ['en', en],
]);

/** @param locale BCP 47 tag, of which the language counts; English for one that has no texts yet */
export function answerTextsFor(locale: string): AnswerTexts {
  return BY_LANGUAGE.get(locale.split(/[-_]/, 1)[0]!.toLowerCase()) ?? en;
}
