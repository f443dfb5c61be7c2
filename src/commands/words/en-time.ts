/** Times in English. Texts are lower case here, with single spaces. */
import { casual, GB } from 'chrono-node/en';
import type { RecurrencePattern, Rewrite, TimeWords, Weekday } from '../language.ts';
import { anyOf, every, monthly, namedUnits, nthOfMonth, weekly, WEEKENDS, WORKING_DAYS, yearly } from '../rule-words.ts';
import { beforeHour, pastHour } from './hour-words.ts';

const DAYS: Readonly<Record<string, Weekday>> = {
  monday: 'MO', mondays: 'MO', mon: 'MO',
  tuesday: 'TU', tuesdays: 'TU', tue: 'TU', tues: 'TU',
  wednesday: 'WE', wednesdays: 'WE', wed: 'WE',
  thursday: 'TH', thursdays: 'TH', thu: 'TH', thur: 'TH', thurs: 'TH',
  friday: 'FR', fridays: 'FR', fri: 'FR',
  saturday: 'SA', saturdays: 'SA', sat: 'SA',
  sunday: 'SU', sundays: 'SU', sun: 'SU',
};
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const HOURS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const MINUTES: Readonly<Record<string, number>> = { five: 5, ten: 10, fifteen: 15, twenty: 20, 'twenty-five': 25, 'twenty five': 25, thirty: 30, 'forty-five': 45, 'forty five': 45 };
const NTH: Readonly<Record<string, number>> = { first: 1, '1st': 1, second: 2, '2nd': 2, third: 3, '3rd': 3, fourth: 4, '4th': 4, last: -1 };

const hour = anyOf(HOURS);
const day = anyOf(Object.keys(DAYS));
const days = `(?:${day})(?:(?:,| and| &|, and) (?:${day}))*`;
const pluralDays = `(?:${anyOf(Object.keys(DAYS).filter((name) => name.endsWith('days')))})`;
const month = anyOf([...MONTHS, ...MONTHS.map((name) => name.slice(0, 3)), 'sept']);
const dayNumber = '(\\d{1,2})(?:st|nd|rd|th)?';
const nth = anyOf(Object.keys(NTH));

const hourNumber = (word: string) => (HOURS.includes(word) ? HOURS.indexOf(word) + 1 : Number(word));
const monthNumber = (word: string) => MONTHS.findIndex((name) => name.startsWith(word.slice(0, 3))) + 1;
const pattern = (source: string) => new RegExp(`(?<![\\p{L}\\d])(?:${source})(?![\\p{L}\\d])`, 'u');

/** A day or nothing, behind which a bare number is a clock: `tomorrow 9`, `monday 1730`. */
const BEFORE_CLOCK = `(^|(?:at|by|around|about|today|tomorrow|${day}) )`;

const REWRITES: readonly Rewrite[] = [
  [/ (?:sharp|exactly|precisely)\b/g, ''],
  [/\btonight\b/g, 'today in the night'],
  [/\bthis (morning|afternoon|evening|night)\b/g, 'today in the $1'],
  [/\b(?:every|each) (morning|afternoon|evening|night)\b/g, 'every day in the $1'],
  [/\b(?:the )?day after tomorrow\b/g, 'in 2 days'],
  [/\b(?:in )?half an hour\b/g, 'in 30 minutes'],
  [/\b(?:an|one|1) hour and a half\b/g, '90 minutes'],
  [/\b(?:a )?quarter of an hour\b/g, '15 minutes'],
  [/\bthree quarters of an hour\b/g, '45 minutes'],
  [/\b(?:at )?(?:noon|midday)\b/g, 'at 12:00'],
  [/\b(?:at )?midnight\b/g, 'at 24:00'],
  [new RegExp(`\\b(at|by|around|about|past|after|to|before|half) (${hour})\\b`, 'g'), (before, word) => `${before} ${hourNumber(word!)}`],
  [new RegExp(`\\b(${hour})(?= (?:o'?clock|am|pm|thirty|fifteen)\\b)`, 'g'), (word) => String(hourNumber(word!))],
  [/\b(\d{1,2}(?::\d\d)?) ?o'?clock\b/g, '$1'],
  [/\b(\d{1,2}) (thirty|fifteen|forty[- ]five)\b/g, (hours, word) => `${hours}:${MINUTES[word!.replace('-', ' ')] ?? MINUTES[word!]}`],
  [/\bhalf (?:past )?(\d{1,2})(?![\d:])/g, (hours) => pastHour(hours!, 30)],
  [/\b(?:a )?quarter (?:past|after) (\d{1,2})(?![\d:])/g, (hours) => pastHour(hours!, 15)],
  [/\b(?:a )?quarter (?:to|before) (\d{1,2})(?![\d:])/g, (hours) => beforeHour(hours!, 15)],
  [/(?<!from )\b(five|ten|twenty(?:[- ]five)?|5|10|20|25|\d{1,2}(?= min))(?: min(?:ute)?s?)? (past|to) (\d{1,2})(?![\d:])/g, minutesRoundHour],
  // 17.30, but neither a date nor 1.50 hours.
  [/(?<![\d.:/])([01]?\d|2[0-3])\.([0-5]\d)(?![\d.]| ?(?:h|hours?|hrs?|min|minutes?|days?|weeks?)\b)/g, '$1:$2'],
  [/\b([01]?\d|2[0-3])h([0-5]\d)\b/g, '$1:$2'],
  [/\bat (\d{1,2}) ?h(?:rs|ours)?\b/g, 'at $1'],
  [new RegExp(`${BEFORE_CLOCK}([01]\\d|2[0-3])([0-5]\\d)(?: ?h(?:rs|ours)?\\b)?(?=$| )`, 'g'), '$1$2:$3'],
  [new RegExp(`${BEFORE_CLOCK}(\\d{1,2})(?=$| (?:on|every|each|today|tomorrow|in the|at night|${day})\\b)`, 'g'), (before, number) => `${before!.replace(/(?:at|by|around|about) $/, '')}at ${number}`],
  [/\b(?:around|about|by|approximately|roughly) (?=\d)/g, 'at '],
];

function minutesRoundHour(...[word, side, hours]: string[]): string {
  const minutes = MINUTES[word!] ?? Number(word);
  return side === 'past' ? pastHour(hours!, minutes) : beforeHour(hours!, minutes);
}

const RECURRENCES: readonly RecurrencePattern[] = [
  { pattern: pattern('(?:every|each) (?:other|second|2nd) (day|week|month)'), rule: (unit) => every(FREQUENCIES[unit!]!, 2) },
  { pattern: pattern(`(?:on )?(?:the |every )?(${nth}) (${day}) (?:of|in) (?:the|every|each|a) month`), rule: (which, name) => nthOfMonth(NTH[which!], DAYS[name!]) },
  { pattern: pattern(`(?:(?:every|each) month|monthly) on the (${nth}) (${day})`), rule: (which, name) => nthOfMonth(NTH[which!], DAYS[name!]) },
  { pattern: pattern('(?:on )?the last day of (?:every|each|the) month|(?:(?:every|each) month|monthly) on the last day'), rule: () => 'FREQ=MONTHLY;BYMONTHDAY=-1' },
  { pattern: pattern(`(?:(?:every|each) month|monthly) on (?:the )?${dayNumber}`), rule: (number) => monthly(number!) },
  { pattern: pattern(`(?:on )?(?:the )?${dayNumber} (?:of|in) (?:every|each) month`), rule: (number) => monthly(number!) },
  { pattern: pattern(`(?:every|each) (\\d{1,2})(?:st|nd|rd|th)(?: (?:of|in) the month)?(?! (?:of )?(?:${month}))`), rule: (number) => monthly(number!) },
  { pattern: pattern(`(?:(?:every|each) year|yearly|annually) on (?:the )?${dayNumber} (?:of )?(${month})`), rule: (number, name) => yearly(number!, monthNumber(name!)) },
  { pattern: pattern(`(?:(?:every|each) year|yearly|annually) on (${month}) (?:the )?${dayNumber}`), rule: (name, number) => yearly(number!, monthNumber(name!)) },
  { pattern: pattern(`(?:every|each) ${dayNumber} (?:of )?(${month})`), rule: (number, name) => yearly(number!, monthNumber(name!)) },
  { pattern: pattern(`(?:every|each) (?:other|second|2nd) (${day})`), rule: (list) => weekly(list!, DAYS, 2) },
  { pattern: pattern(`every (\\d{1,2}|two|three|four) weeks on (${days})`), rule: (count, list) => weekly(list!, DAYS, hourNumber(count!)) },
  { pattern: pattern('every (\\d{1,2}|two|three|four) (day|week|month)s'), rule: (count, unit) => every(FREQUENCIES[unit!]!, hourNumber(count!)) },
  { pattern: pattern(`(?:(?:every|each) week|weekly) on (${days})`), rule: (list) => weekly(list!, DAYS) },
  { pattern: pattern('(?:every|each) (?:week ?day|work ?day|working day|business day)|(?:on )?(?:weekdays|workdays)|mon(?:day)? to fri(?:day)?'), rule: () => WORKING_DAYS },
  { pattern: pattern('(?:every|each) weekend|(?:on |at )?weekends'), rule: () => WEEKENDS },
  { pattern: pattern('(?:every|each) day|everyday|daily'), rule: () => every('DAILY') },
  { pattern: pattern('(?:every|each) week|weekly'), rule: () => every('WEEKLY') },
  { pattern: pattern('(?:every|each) month|monthly'), rule: () => every('MONTHLY') },
  { pattern: pattern(`(?:every|each) (${days})|(?:on )?(${pluralDays}(?:(?:,| and| &|, and) ${pluralDays})*)`), rule: (list, plural) => weekly(list ?? plural!, DAYS) },
];

const FREQUENCIES: Readonly<Record<string, 'DAILY' | 'WEEKLY' | 'MONTHLY'>> = { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY' };

const UNITS = namedUnits({
  second: ['s', 'sec', 'secs', 'second', 'seconds'],
  minute: ['m', 'min', 'mins', 'minute', 'minutes'],
  hour: ['h', 'hr', 'hrs', 'hour', 'hours'],
  day: ['d', 'day', 'days'],
  week: ['w', 'week', 'weeks'],
});
const NUMBERS: Readonly<Record<string, number>> = { a: 1, an: 1, ...Object.fromEntries(HOURS.map((word, i) => [word, i + 1])), fifteen: 15, twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, ninety: 90 };

export const EN_TIME: TimeWords = {
  chrono: (dayFirst) => (dayFirst ? GB : casual),
  slashOrder: 'by-region',
  bareHours: 'daytime',
  starters: [
    'at', 'on', 'in', 'by', 'around', 'about', 'after', 'within', 'from', 'the', 'a', 'an', 'this', 'next', 'today', 'tomorrow', 'tonight', 'day', 'yesterday', 'last',
    'every', 'each', 'everyday', 'daily', 'weekly', 'monthly', 'yearly', 'annually', 'weekdays', 'workdays', 'weekends',
    'noon', 'midday', 'midnight', 'half', 'quarter', 'morning', 'afternoon', 'evening', ...HOURS, 'twenty', ...Object.keys(DAYS), ...MONTHS, ...MONTHS.map((name) => name.slice(0, 3)),
  ],
  prepositions: ['at', 'on', 'in', 'by', 'around', 'about', 'after', 'within', 'every', 'each', 'this', 'next', 'the', 'half', 'quarter', 'past', 'of'],
  rewrites: REWRITES,
  dayParts: [
    [/\b(?:in the |during the )?mornings?\b/, 'morning'],
    [/\b(?:in the |during the )?afternoons?\b/, 'afternoon'],
    [/\b(?:in the |during the )?evenings?\b/, 'evening'],
    [/\b(?:in the |at )?nights?\b/, 'night'],
  ],
  fillers: /^(?:[\s,.]|\b(?:at|on|the|in|for)\b)*$/,
  fromNow: /^(?:in|after|within) |(?:from now|later)$/,
  otherWeek: /\b(?:next|last|past)\b/,
  units: UNITS,
  numbers: NUMBERS,
  aroundSpans: /^(?:[\s,]|\b(?:in|after|within|and|from now|later)\b)*$/,
  recurrences: RECURRENCES,
  zoneOfCity: /\b((?:[\p{L}.]+ ){0,2}[\p{L}.]+) time$/u,
};
