/** Languages and countries by code or by name. */
import { getCountries, isSupportedCountry } from 'libphonenumber-js/max';
import { LANGUAGE_CODES } from './texts/catalogue.ts';
import { foldWord } from './normalise.ts';

const SPOKEN = new Map<string, string>();
const COUNTRIES = new Map<string, string>();

/** Names in every language that we speak, each from the tables of Intl; made on first use, for there are hundreds. */
function fillNames(): void {
  for (const locale of LANGUAGE_CODES) {
    const languages = new Intl.DisplayNames([locale], { type: 'language' });
    const regions = new Intl.DisplayNames([locale], { type: 'region' });
    for (const code of LANGUAGE_CODES) SPOKEN.set(foldWord(languages.of(code) ?? code), code);
    for (const code of getCountries()) COUNTRIES.set(foldWord(regions.of(code) ?? code), code);
  }
}

/** A language that we have texts in: `de`, `de-AT`, `german`, `Deutsch`. The region of a tag is kept. */
export function findLanguage(text: string): string | undefined {
  const tag = /^([a-z]{2})(?:[-_]([a-z]{2}))?$/i.exec(text);
  if (tag && LANGUAGE_CODES.some((code) => code === tag[1]!.toLowerCase())) {
    return tag[2] === undefined ? tag[1]!.toLowerCase() : `${tag[1]!.toLowerCase()}-${tag[2].toUpperCase()}`;
  }
  if (SPOKEN.size === 0) fillNames();
  return SPOKEN.get(foldWord(text));
}

/** A country with a numbering plan: `DE`, `Germany`, `Deutschland`. */
export function findRegion(text: string): string | undefined {
  const code = text.toUpperCase() === 'UK' ? 'GB' : text.toUpperCase();
  if (isSupportedCountry(code)) return code;
  if (COUNTRIES.size === 0) fillNames();
  return COUNTRIES.get(foldWord(text));
}
