/** What can be meant, whatever the language: which slots a command needs, and the command made of them. */
import type { Command, NotUnderstood } from './command.ts';
import type { SlotName, SlotValues } from './slot-names.ts';

type Verb = Command['verb'];

export type Slots = Partial<SlotValues>;

export interface MeaningRow {
  readonly verb: Verb;
  /** Every phrase of this meaning has these. */
  readonly needs: readonly SlotName[];
  /** And may have these. */
  readonly takes: readonly SlotName[];
  /** A bare hour is in the morning: nobody is woken at 19:00. */
  readonly bareIsMorning: boolean;
  build(slots: Slots): Command;
}

/** Minutes of `snooze` alone. */
const SNOOZE_MINUTES = 10;

function row<const Needed extends SlotName, const Optional extends SlotName>(
  verb: Verb,
  needs: readonly Needed[],
  takes: readonly Optional[],
  build: (slots: Pick<SlotValues, Needed> & Partial<Pick<SlotValues, Optional>>) => Command,
): MeaningRow {
  // The grammar builds a command only when every slot that the phrase has to have was read.
  return { verb, needs, takes, bareIsMorning: false, build: (slots) => build(slots as Pick<SlotValues, Needed> & Partial<Pick<SlotValues, Optional>>) };
}

const RING_ME = row('remind', ['when'], [], ({ when }) => ({ verb: 'remind', about: '', when, ring: true }));

/** A row for each thing to say. `any` is taken everywhere: words that do not matter. */
const ROWS = {
  link: row('link', ['code'], [], ({ code }) => ({ verb: 'link', code })),
  'link-alone': row('link', ['bareword'], [], ({ bareword }) => ({ verb: 'link', code: bareword })),
  unlink: row('unlink', [], [], () => ({ verb: 'unlink' })),
  call: row('call', ['target'], ['when'], ({ target, when }) => ({ verb: 'call', target, ...(when && { when }) })),
  'call-back': row('call-back', [], ['when'], ({ when }) => ({ verb: 'call-back', ...(when && { when }) })),
  cancel: row('cancel', [], ['number'], ({ number }) => ({ verb: 'cancel', ...(number !== undefined && { number }) })),
  remind: row('remind', ['about', 'when'], [], ({ about, when }) => ({ verb: 'remind', about, when, ring: false })),
  'remind-ring': row('remind', ['about', 'when'], [], ({ about, when }) => ({ verb: 'remind', about, when, ring: true })),
  /** Rung at a time, about nothing in particular. */
  'ring-me': RING_ME,
  wake: { ...RING_ME, bareIsMorning: true },
  snooze: row('snooze', [], ['minutes'], ({ minutes = SNOOZE_MINUTES }) => ({ verb: 'snooze', minutes })),
  done: row('done', [], [], () => ({ verb: 'done' })),
  list: row('list', [], [], () => ({ verb: 'list' })),
  move: row('move', ['number', 'when'], [], ({ number, when }) => ({ verb: 'move', number, when })),
  'time-zone': row('profile', ['zone'], [], ({ zone }) => ({ verb: 'profile', setting: { name: 'time-zone', zone } })),
  language: row('profile', ['language'], [], ({ language }) => ({ verb: 'profile', setting: { name: 'language', locale: language } })),
  region: row('profile', ['region'], [], ({ region }) => ({ verb: 'profile', setting: { name: 'region', region } })),
  'quiet-hours': row('profile', ['span'], [], ({ span }) => ({ verb: 'profile', setting: { name: 'quiet-hours', ...span } })),
  'quiet-hours-off': row('profile', [], ['off'], () => ({ verb: 'profile', setting: { name: 'quiet-hours' } })),
  notify: row('profile', ['switch'], [], ({ switch: on }) => ({ verb: 'profile', setting: { name: 'notify', on } })),
  forward: row('profile', ['target'], [], ({ target }) => ({ verb: 'profile', setting: { name: 'forward', target } })),
  'forward-off': row('profile', [], ['off'], () => ({ verb: 'profile', setting: { name: 'forward' } })),
  dnd: row('profile', [], ['switch'], ({ switch: on = true }) => ({ verb: 'profile', setting: { name: 'dnd', on } })),
  mastodon: row('profile', ['account'], [], ({ account }) => ({ verb: 'profile', setting: { name: 'mastodon', account } })),
  'mastodon-off': row('profile', [], ['off'], () => ({ verb: 'profile', setting: { name: 'mastodon' } })),
  'show-profile': row('show-profile', [], [], () => ({ verb: 'show-profile' })),
  message: row('message', ['target', 'text'], [], ({ target, text }) => ({ verb: 'message', target, text })),
  'message-colon': row('message', ['addressee', 'text'], [], ({ addressee, text }) => ({ verb: 'message', target: addressee, text })),
  help: row('help', [], [], () => ({ verb: 'help' })),
} satisfies Record<string, MeaningRow>;

export type Meaning = keyof typeof ROWS;

export const MEANINGS: Readonly<Record<Meaning, MeaningRow>> = ROWS;

/** What is wrong when a slot is empty. */
export const MISSING: Readonly<Record<SlotName, NotUnderstood['problem']>> = {
  target: 'target-missing',
  addressee: 'target-missing',
  when: 'time-missing',
  about: 'text-missing',
  text: 'text-missing',
  number: 'number-missing',
  minutes: 'number-missing',
  zone: 'zone-unknown',
  language: 'language-unknown',
  region: 'region-unknown',
  span: 'value-invalid',
  switch: 'value-invalid',
  off: 'value-invalid',
  account: 'value-invalid',
  code: 'value-invalid',
  bareword: 'value-invalid',
  any: 'value-invalid',
};
