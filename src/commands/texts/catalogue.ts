/** The languages in which we answer. */
import { DE } from './de.ts';
import { EN } from './en.ts';
import type { Texts } from './texts.ts';

const CATALOGUE = { en: EN, de: DE } satisfies Record<string, Texts>;

/** Codes of BCP 47 without region. */
export const LANGUAGE_CODES = Object.keys(CATALOGUE) as readonly (keyof typeof CATALOGUE)[];

/** The texts for a locale; English for one that we do not speak. */
export function textsFor(locale: string): Texts {
  const code = locale.toLowerCase().split('-')[0];
  return LANGUAGE_CODES.some((known) => known === code) ? CATALOGUE[code as keyof typeof CATALOGUE] : CATALOGUE.en;
}
