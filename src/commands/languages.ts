/** The languages in which commands are understood. A new one: a file in `words/` and its line here. */
import type { Language } from './language.ts';
import { DE } from './words/de.ts';
import { EN } from './words/en.ts';

export const LANGUAGES: readonly Language[] = [EN, DE];

/** All of them, the author's first. */
export function languagesFor(locale: string): readonly Language[] {
  const base = locale.toLowerCase().split('-')[0];
  return [...LANGUAGES.filter((language) => language.locale === base), ...LANGUAGES.filter((language) => language.locale !== base)];
}
