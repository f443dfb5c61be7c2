import { namesOf } from './names.ts';
import type { Texts } from './texts.ts';

const { weekday, month, list } = namesOf('en');

const ordinal = (day: number) => `${day}${({ one: 'st', two: 'nd', few: 'rd', other: 'th' } as Record<string, string>)[ORDINALS.select(day)]}`;
const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });
const nth = (n: number) => (n === -1 ? 'last' : (['first', 'second', 'third', 'fourth'][n - 1] ?? ordinal(n)));
const each = (interval: number, unit: string) => (interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`);

export const EN: Texts = {
  date: 'ccc d LLL',
  dateWithYear: 'ccc d LLL yyyy',
  today: 'today',
  tomorrow: 'tomorrow',
  at: ({ day, date, clock, zone }) => `${day === '' ? date : `${day}, ${date}`} at ${clock} (${zone})`,
  recurring: ({ rule, clock, first }) => `${rule} at ${clock}, first ${first}`,
  gap: (wanted) => `${wanted} does not exist that day because the clocks go forward, so it is the time after`,
  overlap: 'that time comes twice because the clocks go back; the first one is meant',

  rule: {
    daily: (interval) => each(interval, 'day'),
    weekly: (interval, days) => (interval === 1 ? `every ${list(days.map(weekday))}` : `every ${interval} weeks on ${list(days.map(weekday))}`),
    workingDays: 'every weekday',
    weekends: 'every weekend day',
    monthly: (interval, day, orLast) => `${each(interval, 'month')} on the ${day === -1 ? 'last day' : ordinal(day)}${orLast ? ' or the last day' : ''}`,
    nthOfMonth: (n, day) => `on the ${nth(n)} ${weekday(day)} of every month`,
    yearly: (day, number) => `every year on ${day} ${month(number)}`,
  },

  examples: {
    link: ['link SW-7F3K-9QXM', 'SW-7F3K-9QXM'],
    unlink: ['stop', 'unlink'],
    call: ['call alice', 'call +49 30 901820 tomorrow at 17:30'],
    'call-back': ['call back', 'call back in 10 minutes'],
    cancel: ['cancel', 'cancel 3'],
    remind: ['remind me at 9 to call mum', 'ring me at 18:30 about the oven'],
    snooze: ['snooze', 'snooze 10'],
    done: ['done', 'finished'],
    list: ['list', 'show my reminders'],
    move: ['move 3 to 18:00', 'move 3 to friday at 9'],
    profile: ['notify off 22:00-07:00', 'forward to +49 30 901820'],
    'show-profile': ['profile', 'settings'],
    message: ['msg alice I am late', 'tell alice see you at 8'],
    help: ['help', 'commands'],
  },
  examplesOf: {
    'zone-unknown': ['timezone Europe/Berlin', 'timezone new york'],
    'language-unknown': ['language en', 'language de'],
    'region-unknown': ['region DE', 'region US'],
  },
  firstSteps: ['call alice tomorrow at 17:30', 'remind me at 9 to call mum'],
  help: [
    ['Calls', 'call alice', 'call +49 30 901820 tomorrow at 17:30', 'call alice every weekday at 9', 'call back', 'cancel'],
    ['Reminders', 'remind me at 9 to call mum', 'ring me at 18:30 about the oven', 'snooze 10', 'done'],
    ['What is planned', 'list', 'cancel 3', 'move 3 to 18:00'],
    ['Messages', 'msg alice I am late'],
    ['Settings', 'timezone Europe/Berlin', 'language de', 'region DE', 'notify off 22:00-07:00', 'forward to +49 30 901820', 'dnd on', 'profile'],
    ['Account', 'link CODE', 'stop'],
  ],
  problems: {
    'unknown-command': (words) => (words === '' ? 'I do not understand that.' : `I do not understand ${words}.`),
    empty: () => 'What shall I do?',
    'target-missing': () => 'Whom do you mean?',
    'target-invalid': (words) => `${words} is neither a name, a number nor a SIP address.`,
    'time-missing': () => 'When?',
    'time-invalid': (words) => `I do not know when ${words} is.`,
    'time-past': (words) => `${words} is over.`,
    'time-ambiguous': (words) => `${words}: at what time, on which day? I need it more exactly.`,
    'number-missing': () => 'Which one? I need its number; "list" shows them.',
    'text-missing': () => 'What about? Some words are missing.',
    'zone-unknown': (words) => (words === '' ? 'Which time zone?' : `I do not know the time zone ${words}.`),
    'language-unknown': (words) => (words === '' ? 'Which language?' : `I do not speak ${words}.`),
    'region-unknown': (words) => (words === '' ? 'Which country?' : `I do not know the country ${words}.`),
    'value-invalid': (words) => (words === '' ? 'Something is missing.' : `${words} does not fit here, or is too long.`),
  },
  didYouMean: (suggestion) => `Did you mean "${suggestion}"?`,
  tryThis: (first, second) => `Try: "${first}" or "${second}".`,
  quote: (words) => `"${words}"`,
};
