/** Reads the parts of a command that have a meaning of their own, one reader a slot. */
import type { NotUnderstood } from './command.ts';
import { readDaySpan } from './day-span.ts';
import type { Language } from './language.ts';
import { findLanguage, findRegion } from './locale.ts';
import { bareWord, foldWord } from './normalise.ts';
import type { SlotName, SlotValues } from './slot-names.ts';
import { readTarget } from './target.ts';
import { bareValuesOf, textOf, valuesOf, type Utterance } from './tokens.ts';
import { readWhen, type WhenContext, type WhenReading } from './when.ts';
import { findZone, nearestZone } from './zone.ts';

/** Read, or why not. `hint` is what was probably meant. */
export type SlotReading<T> = { readonly value: T } | { readonly problem: NotUnderstood['problem']; readonly hint?: string };

export interface SlotContext extends WhenContext {
  readonly utterance: Utterance;
  readonly region: string | undefined;
}

/** RFC 3428 §8: a request over UDP stays under 1300 bytes; the header fields take their part. */
export const MAX_MESSAGE_BYTES = 1000;
/** What a reminder is about has to fit a post, and a phone's display. */
export const MAX_ABOUT_LENGTH = 280;
const MAX_MINUTES = 7 * 24 * 60;
/** Numbers of schedules have fewer digits. */
const NUMBER = /^#?(\d{1,6})\.?$/;
/** `SW-7F3K-9QXM` in any case. Without its prefix it is one word, with a digit in it: `call 1001` is something else. */
const CODE_SHAPE = /^(?:sw[- ]?[0-9a-z]{4}[- ]?[0-9a-z]{4}|(?=[a-z-]*[0-9])[0-9a-z]{4}-?[0-9a-z]{4})$/i;

type Readers = { readonly [N in SlotName]: (from: number, to: number, context: SlotContext) => SlotReading<SlotValues[N]> };

const READERS: Readers = {
  target: (from, to, context) => targetOf(bareValuesOf(context.utterance, from, to), context),
  addressee(from, to, context) {
    const handle = /^(@[A-Za-z0-9_]{1,15}):$/.exec(valuesOf(context.utterance, from, to))?.[1];
    return handle === undefined ? { problem: 'target-invalid' } : targetOf(handle, context);
  },
  when: (from, to, context) => whenOf(readWhen(valuesOf(context.utterance, from, to), context)),
  about: (from, to, context) => boundedText(textOf(context.utterance, from, to, true), MAX_ABOUT_LENGTH),
  text(from, to, context) {
    const text = textOf(context.utterance, from, to, false);
    return Buffer.byteLength(text) > MAX_MESSAGE_BYTES ? { problem: 'value-invalid' } : boundedText(text, MAX_MESSAGE_BYTES);
  },
  number(from, to, context) {
    const digits = NUMBER.exec(bareValuesOf(context.utterance, from, to));
    return digits ? { value: Number(digits[1]) } : { problem: 'value-invalid' };
  },
  minutes: (from, to, context) => minutesOf(foldWord(bareValuesOf(context.utterance, from, to)), context.languages),
  zone(from, to, context) {
    const name = bareValuesOf(context.utterance, from, to);
    const zone = findZone(name, context.languages);
    if (zone !== undefined) return { value: zone };
    const hint = nearestZone(name);
    return { problem: 'zone-unknown', ...(hint !== undefined && { hint }) };
  },
  language: (from, to, context) => found(findLanguage(bareValuesOf(context.utterance, from, to)), 'language-unknown'),
  region: (from, to, context) => found(findRegion(bareValuesOf(context.utterance, from, to)), 'region-unknown'),
  span: (from, to, context) => found(readDaySpan(valuesOf(context.utterance, from, to)), 'value-invalid'),
  switch(from, _to, { utterance, languages }) {
    const word = utterance.tokens[from]!.word;
    if (languages.some(({ on }) => on.includes(word))) return { value: true };
    return languages.some(({ off }) => off.includes(word)) ? { value: false } : { problem: 'value-invalid' };
  },
  off(from, _to, { utterance, languages }) {
    return languages.some(({ off }) => off.includes(utterance.tokens[from]!.word)) ? { value: true } : { problem: 'value-invalid' };
  },
  account(from, to, { utterance }) {
    const account = /^@?([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?@(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,63})$/i.exec(bareValuesOf(utterance, from, to));
    return account ? { value: account[1]!.toLowerCase() } : { problem: 'value-invalid' };
  },
  code(from, to, { utterance }) {
    const code = bareValuesOf(utterance, from, to).replace(/ /g, '-');
    return /^[A-Za-z0-9-]{4,64}$/.test(code) ? { value: code } : { problem: 'value-invalid' };
  },
  bareword(from, to, { utterance }) {
    const code = bareValuesOf(utterance, from, to);
    return CODE_SHAPE.test(code) ? { value: code.replace(/ /g, '-') } : { problem: 'value-invalid' };
  },
  any: () => ({ value: true }),
};

/** The value of `slot` in the words from `from` to before `to`, of which there is one at least. */
export function readSlot<N extends SlotName>(slot: N, from: number, to: number, context: SlotContext): SlotReading<SlotValues[N]> {
  return READERS[slot](from, to, context);
}

/** Texts that may consist of what the grammar sees no word in: an emoji, a link. Undefined when there is nothing. */
export function readEmptyText(slot: SlotName, at: number, context: SlotContext): SlotReading<string> | undefined {
  if ((slot !== 'about' && slot !== 'text') || at < context.utterance.tokens.length) return undefined;
  const text = textOf(context.utterance, at, at, slot === 'about');
  return /[\p{L}\p{N}\p{S}]/u.test(text) ? boundedText(text, MAX_ABOUT_LENGTH) : undefined;
}

/** A time that is written in two places: `remind me tomorrow to call mum at 9`. */
export function readSplitWhen(ranges: readonly { readonly from: number; readonly to: number }[], context: SlotContext): SlotReading<SlotValues['when']> {
  return whenOf(readWhen(ranges.map(({ from, to }) => bareWord(valuesOf(context.utterance, from, to))).join(' '), context));
}

function whenOf(reading: WhenReading): SlotReading<SlotValues['when']> {
  return reading.ok ? { value: reading.when } : { problem: reading.problem };
}

function targetOf(text: string, { region, languages }: SlotContext): SlotReading<SlotValues['target']> {
  return found(readTarget(text, region, languages.flatMap(({ pronouns }) => pronouns)), 'target-invalid');
}

function found<T>(value: T | undefined, problem: NotUnderstood['problem']): SlotReading<T> {
  return value === undefined ? { problem } : { value };
}

function boundedText(text: string, most: number): SlotReading<string> {
  if (text === '') return { problem: 'text-missing' };
  return text.length > most ? { problem: 'value-invalid' } : { value: text };
}

function minutesOf(text: string, languages: readonly Language[]): SlotReading<number> {
  const match = /^(\d{1,4}|an?|eine[rn]?) ?([a-z]*)$/.exec(text);
  if (match === null) return { problem: 'value-invalid' };
  const unit = match[2]!;
  const hours = languages.some(({ hourWords }) => hourWords.includes(unit));
  if (!hours && unit !== '' && !languages.some(({ minuteWords }) => minuteWords.includes(unit))) return { problem: 'value-invalid' };
  const count = /^\d/.test(match[1]!) ? Number(match[1]) : unit === '' ? 0 : 1;
  const minutes = hours ? count * 60 : count;
  return minutes >= 1 && minutes <= MAX_MINUTES ? { value: minutes } : { problem: 'value-invalid' };
}
