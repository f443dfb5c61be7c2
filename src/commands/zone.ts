/** Time zones by their IANA names and by the cities that people know. */
import type { Language } from './language.ts';
import { foldWord } from './normalise.ts';
import { nearestWord } from './nearest-word.ts';

/** What people type for `Europe/Berlin`: any case, blanks for underscores. */
const key = (name: string) => foldWord(name).replace(/[\s_]+/g, ' ').trim();

const ZONES = new Map<string, string>();
const CITIES = new Map<string, string>();
for (const zone of [...Intl.supportedValuesOf('timeZone'), 'UTC']) {
  ZONES.set(key(zone), zone);
  const city = key(zone.slice(zone.lastIndexOf('/') + 1));
  if (!CITIES.has(city)) CITIES.set(city, zone);
}
ZONES.set('gmt', 'UTC');

/** Abbreviations that are meant in summer and in winter: "5pm ET". Those of one season (EST) are offsets, and chrono knows them. */
const SEASONLESS: Readonly<Record<string, string>> = {
  et: 'America/New_York',
  ct: 'America/Chicago',
  mt: 'America/Denver',
  pt: 'America/Los_Angeles',
  cet: 'Europe/Berlin',
  mez: 'Europe/Berlin',
};

/** A zone as it stands in a time. */
export function findZoneOfTime(text: string): string | undefined {
  const name = key(text);
  return SEASONLESS[name] ?? ZONES.get(name) ?? otherName(text);
}

/** An IANA name, or a city: one that gave a zone its name, or one of the languages' lists. Undefined when neither. */
export function findZone(text: string, languages: readonly Language[]): string | undefined {
  const name = key(text);
  const listed = ZONES.get(name) ?? CITIES.get(name) ?? languages.map(({ cities }) => cities[name]).find((zone) => zone !== undefined);
  return listed ?? otherName(text.trim());
}

/** Names that the list leaves out because they are second names: `Asia/Calcutta`, `Europe/Kyiv`. */
function otherName(text: string): string | undefined {
  if (!/^[A-Za-z]+(?:[/_-][A-Za-z]+){1,4}$/.test(text) || !text.includes('/')) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** The zone or city that was probably meant. */
export function nearestZone(text: string): string | undefined {
  const name = key(text);
  const city = nearestWord(name, [...ZONES.keys(), ...CITIES.keys()]);
  return city === undefined ? undefined : (ZONES.get(city) ?? CITIES.get(city));
}
