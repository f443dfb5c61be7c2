/** Phone numbers as people write them. */
import { parsePhoneNumberFromString, type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import type { NumberType, Target } from './command.ts';

/**
 * What a number costs whoever calls it. Personal numbers (+44 70) and pagers are charged like premium ones;
 * calling them in bulk is how money is stolen.
 */
const TYPES: Readonly<Record<string, NumberType>> = {
  FIXED_LINE: 'ordinary',
  MOBILE: 'ordinary',
  FIXED_LINE_OR_MOBILE: 'ordinary',
  VOIP: 'ordinary',
  UAN: 'ordinary',
  VOICEMAIL: 'ordinary',
  PREMIUM_RATE: 'premium',
  PERSONAL_NUMBER: 'premium',
  PAGER: 'premium',
  SHARED_COST: 'shared-cost',
  TOLL_FREE: 'toll-free',
};

const NUMBER = /^(?:tel:)?[+]?[\d\s().\/*#-]+$/i;
const MAX_DIGITS = 32;
/** A clock behind a number is no part of it: `030 901820 18.30`. */
const CLOCK_BEHIND = /\d{5}\S* (?:[01]?\d|2[0-3])\.[0-5]\d$/;

/** Whether `text` can only be meant as a number. */
export function looksLikeNumber(text: string): boolean {
  return NUMBER.test(text) && /\d/.test(text) && !CLOCK_BEHIND.test(text);
}

/**
 * The number as E.164 when the numbering plans know it, else its digits.
 *
 * @param region  two-letter country whose numbers are written without prefix
 */
export function readPhoneNumber(text: string, region: string | undefined): Target | undefined {
  const country = region !== undefined && isSupportedCountry(region) ? region : undefined;
  const bare = text.replace(/^tel:/i, '');
  const digits = bare.replace(/[^\d*#]/g, '');
  if (digits === '' || digits.length > MAX_DIGITS) return undefined;
  return validNumber(bare, country) ?? { kind: 'digits', digits };
}

function validNumber(text: string, country: CountryCode | undefined): Target | undefined {
  // What is dialled before a country's code differs, but 00 is meant so nearly everywhere.
  const written = country === undefined ? text.replace(/^[\s(]*00/, '+') : text;
  if (/[*#]/.test(written)) return undefined;
  const number = parsePhoneNumberFromString(written, { ...(country && { defaultCountry: country }), extract: false });
  if (number === undefined || !number.isValid()) return undefined;
  return {
    kind: 'number',
    e164: number.number,
    shown: number.formatInternational(),
    country: number.country,
    type: TYPES[number.getType() ?? ''] ?? 'unknown',
  };
}
