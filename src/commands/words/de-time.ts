/** Times in German. Texts are lower case here, with single spaces. */
import { casual } from 'chrono-node/de';
import type { RecurrencePattern, Rewrite, TimeWords, Weekday } from '../language.ts';
import { anyOf, every, monthly, namedUnits, nthOfMonth, weekly, WEEKENDS, WORKING_DAYS, yearly } from '../rule-words.ts';
import { beforeHour, pastHour } from './hour-words.ts';

const DAYS: Readonly<Record<string, Weekday>> = {
  montag: 'MO', montags: 'MO', mo: 'MO',
  dienstag: 'TU', dienstags: 'TU', di: 'TU',
  mittwoch: 'WE', mittwochs: 'WE', mi: 'WE',
  donnerstag: 'TH', donnerstags: 'TH', do: 'TH',
  freitag: 'FR', freitags: 'FR', fr: 'FR',
  samstag: 'SA', samstags: 'SA', sonnabend: 'SA', sonnabends: 'SA', sa: 'SA',
  sonntag: 'SU', sonntags: 'SU', so: 'SU',
};
const MONTHS = ['januar', 'februar', 'märz', 'april', 'mai', 'juni', 'juli', 'august', 'september', 'oktober', 'november', 'dezember'];
const HOURS = ['eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun', 'zehn', 'elf', 'zwölf'];
const NTH: Readonly<Record<string, number>> = { erste: 1, zweite: 2, dritte: 3, vierte: 4, letzte: -1 };

const hour = anyOf([...HOURS, 'ein', 'fuenf', 'zwoelf']);
const day = anyOf(Object.keys(DAYS));
const longDay = anyOf(Object.keys(DAYS).filter((name) => name.length > 2));
const days = `(?:${day})(?:(?:,| und| &) (?:jede[ns]? )?(?:${day}))*`;
const habitualDays = `(?:${anyOf(Object.keys(DAYS).filter((name) => name.endsWith('s')))})`;
const month = anyOf([...MONTHS, 'maerz', 'jänner']);
const each = 'jede[nrsm]?';
const nth = `(${anyOf(Object.keys(NTH))})[nrs]?`;

function hourNumber(word: string): number {
  const plain = word.replace('ue', 'ü').replace('oe', 'ö');
  return plain === 'ein' ? 1 : HOURS.includes(plain) ? HOURS.indexOf(plain) + 1 : Number(word);
}
const monthNumber = (word: string) => (word === 'maerz' ? 3 : word === 'jänner' ? 1 : MONTHS.indexOf(word) + 1);
const pattern = (source: string) => new RegExp(`(?<![\\p{L}\\d])(?:${source})(?![\\p{L}\\d])`, 'u');
/** Chrono takes a clock behind `um`; the helpers say `at`. */
const um = (clock: string) => clock.replace('at ', 'um ');
const MINUTES: Readonly<Record<string, number>> = { fünf: 5, fuenf: 5, zehn: 10, zwanzig: 20 };

function minutesRoundHour(...[word, side, half, hours]: string[]): string {
  const minutes = MINUTES[word!] ?? Number(word);
  if (half) return um(beforeHour(hours!, side === 'vor' ? 30 + minutes : 30 - minutes));
  return um(side === 'nach' ? pastHour(hours!, minutes) : beforeHour(hours!, minutes));
}

const BEFORE_CLOCK = `(^|(?:um|heute|morgen|übermorgen|${longDay}) )`;

const REWRITES: readonly Rewrite[] = [
  [/ (?:genau|punkt)\b|\b(?:genau|punkt) /g, ''],
  [/\b(?:so|ungefähr|etwa|circa|ca\.?) um\b/g, 'um'],
  [/(?<!\p{L})(?:gegen|ab|circa|ca\.?) (?=\d|[a-zäöü]+ uhr)/gu, 'um '],
  [/\bsonnabend(s?)\b/g, 'samstag$1'],
  [/\b(?:kommende[nrs]?) /g, ''],
  [/\bjede[nr] (morgen|abend|nachmittag|vormittag|nacht)\b/g, 'jeden tag am $1'],
  [/\bmorgen (?:früh|frueh|vormittag)(?!\p{L})/gu, 'morgen morgens'],
  [new RegExp(`\\b(heute|${longDay}) (?:morgen|früh|frueh)(?!\\p{L})`, 'gu'), '$1 morgens'],
  [/(?<=\bum \d.*) mittags?\b|\bmittags? (?=um \d)/g, ' nachmittags '],
  [/\b(?:am |zu |um )?mittags?\b/g, 'um 12:00'],
  [/\b(?:um )?mitternachts?\b/g, 'um 24:00'],
  [/\b(?:einer |ner )?halben stunde\b/g, '30 minuten'],
  [/\b(?:einer )?viertelstunde\b/g, '15 minuten'],
  [/\b(?:einer )?dreiviertelstunde\b/g, '45 minuten'],
  [/\b(?:anderthalb|eineinhalb) stunden\b/g, '90 minuten'],
  [/\b(\d{1,3})[.,](\d) (?:stunden?|std|h)\b/g, (whole, tenth) => `${Number(whole) * 60 + Number(tenth) * 6} minuten`],
  [new RegExp(`(?<!\\p{L})(um|nach|vor|halb|viertel|dreiviertel) (${hour})(?!\\p{L})`, 'gu'), (before, word) => `${before} ${hourNumber(word!)}`],
  [new RegExp(`(?<!\\p{L})(${hour})(?= uhr\\b)`, 'gu'), (word) => String(hourNumber(word!))],
  [/(?<!\p{L})(?:um )?(fünf|fuenf|zehn|zwanzig|5|10|20)(?: minuten)? (vor|nach) (halb )?(\d{1,2})(?: uhr)?(?![\d:])/gu, minutesRoundHour],
  [/\b(?:um )?halb (\d{1,2})(?![\d:])/g, (hours) => um(beforeHour(hours!, 30))],
  [/\b(?:um )?viertel nach (\d{1,2})(?![\d:])/g, (hours) => um(pastHour(hours!, 15))],
  [/\b(?:um )?(?:viertel vor|dreiviertel) (\d{1,2})(?![\d:])/g, (hours) => um(beforeHour(hours!, 15))],
  [/\b(?:um )?viertel (\d{1,2})(?![\d:])/g, (hours) => um(beforeHour(hours!, 45))],
  [/\b(\d{1,2}) ?uhr ?([0-5]\d)\b/g, '$1:$2'],
  [/\b(\d{1,2})[.:]([0-5]\d) ?uhr\b/g, '$1:$2'],
  [/\b(?:um )?(\d{1,2}) ?uhr\b/g, (hours) => `um ${hours}${hours === '24' ? ':00' : ''}`],
  // A date without a year; without its last point only behind "am".
  [/(?<=\bam )(\d{1,2})\.(1[0-2]|0?[1-9])\b(?!\.?\d)\.?/g, namedMonth],
  [/(?<![\d.])(\d{1,2})\.(1[0-2]|0?[1-9])\.(?!\d)/g, namedMonth],
  [/(?<![\d.:/])([01]?\d|2[0-3])\.([0-5]\d)(?![\d.,])/g, '$1:$2'],
  [new RegExp(`${BEFORE_CLOCK}([01]\\d|2[0-3])([0-5]\\d)(?=$| )`, 'gu'), '$1$2:$3'],
  [new RegExp(`${BEFORE_CLOCK}(\\d{1,2})(?=$| (?:am|jede[nrsm]?|heute|morgen|übermorgen|morgens|abends|nachts|${longDay})(?!\\p{L}))`, 'gu'), (before, number) => `${before!.replace(/um $/, '')}um ${number}`],
];

function namedMonth(...[date, number]: string[]): string {
  return `${Number(date)}. ${MONTHS[Number(number) - 1]}`;
}

const FREQUENCIES: Readonly<Record<string, 'DAILY' | 'WEEKLY' | 'MONTHLY'>> = { tag: 'DAILY', woche: 'WEEKLY', monat: 'MONTHLY' };

const RECURRENCES: readonly RecurrencePattern[] = [
  { pattern: pattern(`${each} (?:zweite[nrs]?|2\\.) (tag|woche|monat)`), rule: (unit) => every(FREQUENCIES[unit!]!, 2) },
  { pattern: pattern(`alle (\\d{1,2}|zwei|drei|vier) wochen am (${days})`), rule: (count, list) => weekly(list!, DAYS, hourNumber(count!)) },
  { pattern: pattern('alle (\\d{1,2}|zwei|drei|vier) (tag|woche|monat)(?:e|n|en)'), rule: (count, unit) => every(FREQUENCIES[unit!]!, hourNumber(count!)) },
  { pattern: pattern(`(?:am|${each}) ${nth} (${longDay}) (?:im monat|(?:des|jedes|jeden|eines jeden) monats)`), rule: (which, name) => nthOfMonth(NTH[which!], DAYS[name!]) },
  { pattern: pattern(`(?:${each} monat|monatlich) am ${nth} (${longDay})`), rule: (which, name) => nthOfMonth(NTH[which!], DAYS[name!]) },
  { pattern: pattern('am letzten tag (?:im|des|jedes|jeden) monats?|(?:jeden monat|monatlich) am letzten(?: tag)?'), rule: () => 'FREQ=MONTHLY;BYMONTHDAY=-1' },
  { pattern: pattern(`(?:${each} monat|monatlich) am (\\d{1,2})\\.?`), rule: (number) => monthly(number!) },
  { pattern: pattern('am (\\d{1,2})\\. (?:jedes|jeden|eines jeden) monats'), rule: (number) => monthly(number!) },
  { pattern: pattern(`(?:${each} jahr|jährlich|jaehrlich) am (\\d{1,2})\\. (${month})`), rule: (number, name) => yearly(number!, monthNumber(name!)) },
  { pattern: pattern(`${each} (\\d{1,2})\\. (${month})`), rule: (number, name) => yearly(number!, monthNumber(name!)) },
  { pattern: pattern(`${each} (\\d{1,2})\\.(?: (?:im|des) monats?)?`), rule: (number) => monthly(number!) },
  { pattern: pattern(`${each} (?:zweite[nrs]?|2\\.) (${longDay})`), rule: (list) => weekly(list!, DAYS, 2) },
  { pattern: pattern(`(?:${each} woche|wöchentlich|woechentlich) (?:am )?(${days})`), rule: (list) => weekly(list!, DAYS) },
  { pattern: pattern(`${each} (?:werktag|wochentag|arbeitstag)|werktags|wochentags|an (?:werktagen|wochentagen)`), rule: () => WORKING_DAYS },
  { pattern: pattern(`${each} wochenende|an wochenenden|am wochenende immer`), rule: () => WEEKENDS },
  { pattern: pattern(`${each} tag|täglich|taeglich`), rule: () => every('DAILY') },
  { pattern: pattern(`${each} woche|wöchentlich|woechentlich`), rule: () => every('WEEKLY') },
  { pattern: pattern(`${each} monat|monatlich`), rule: () => every('MONTHLY') },
  { pattern: pattern(`${each} (${days})|(${habitualDays}(?:(?:,| und| &) ${habitualDays})*)`), rule: (list, habitual) => weekly(list ?? habitual!, DAYS) },
];

const UNITS = namedUnits({
  second: ['s', 'sek', 'sekunde', 'sekunden'],
  minute: ['m', 'min', 'minute', 'minuten'],
  hour: ['h', 'std', 'stunde', 'stunden'],
  day: ['tag', 'tage', 'tagen'],
  week: ['woche', 'wochen'],
});
const NUMBERS: Readonly<Record<string, number>> = {
  ein: 1, eine: 1, einem: 1, einen: 1, einer: 1, ...Object.fromEntries(HOURS.map((word, i) => [word, i + 1])), fuenf: 5, zwoelf: 12, fünfzehn: 15, zwanzig: 20, dreißig: 30, vierzig: 40, fünfzig: 50, sechzig: 60, neunzig: 90,
};

export const DE_TIME: TimeWords = {
  chrono: () => casual,
  slashOrder: 'day-first',
  bareHours: 'as-written',
  // Without "do" and "so", which are other words more often than days.
  starters: [
    'um', 'am', 'an', 'in', 'ab', 'gegen', 'so', 'circa', 'ca', 'etwa', 'nach', 'zu', 'heute', 'morgen', 'übermorgen', 'gestern', 'vorgestern', 'nächsten', 'nächste', 'nächstes', 'naechsten', 'kommenden', 'diesen', 'dieser',
    'jeden', 'jede', 'jedes', 'alle', 'täglich', 'wöchentlich', 'monatlich', 'jährlich', 'werktags', 'wochentags',
    'mittag', 'mittags', 'mitternacht', 'morgens', 'abends', 'nachts', 'nachmittags', 'vormittags', 'früh', 'halb', 'viertel', 'dreiviertel', 'punkt',
    ...HOURS, 'zwanzig', ...Object.keys(DAYS).filter((name) => name !== 'do' && name !== 'so'), ...MONTHS,
  ],
  prepositions: ['um', 'am', 'in', 'ab', 'gegen', 'circa', 'nach', 'zu', 'jeden', 'jede', 'jedes', 'alle', 'nächsten', 'kommenden', 'diesen', 'halb', 'viertel', 'dreiviertel'],
  rewrites: REWRITES,
  dayParts: [
    [/(?:\bam morgen\b|\bmorgens\b|(?<!\p{L})(?:am |in der )?(?:vormittags?|früh|frueh)(?!\p{L}))/u, 'morning'],
    [/\b(?:am )?nachmittags?\b/, 'afternoon'],
    [/\b(?:am )?abends?\b/, 'evening'],
    [/\b(?:in der )?nachts?\b/, 'night'],
  ],
  fillers: /^(?:[\s,.]|\b(?:um|am|den|der|dem|an|in)\b)*$/,
  fromNow: /^(?:in|nach) /,
  otherWeek: /(?:nächste|naechste|letzte)/,
  units: UNITS,
  numbers: NUMBERS,
  aroundSpans: /^(?:[\s,]|\b(?:in|nach|und)\b)*$/,
  recurrences: RECURRENCES,
  zoneOfCity: /(?<!\p{L})((?:\p{L}+ ){0,2}\p{L}+?)(?:er)? zeit$/u,
};
