/**
 * What somebody wrote to us, as a command.
 *
 * Every phrase of every language (`words/`) is laid over the words; where one covers all of them, its slots are
 * read. The first phrase whose slots all can be read is the command, the author's language before the others. When
 * none can be, the one that came closest tells what was not understood.
 */
import { isSupportedCountry } from 'libphonenumber-js/max';
import type { CommandContext, NotUnderstood, ParsedCommand } from './command.ts';
import type { Language } from './language.ts';
import { languagesFor } from './languages.ts';
import { MEANINGS, MISSING, type Meaning, type Slots } from './meanings.ts';
import { nearestWord } from './nearest-word.ts';
import { compilePhrase, matchesOf, type Match, type Phrase, type SlotRange } from './phrase.ts';
import { readEmptyText, readSlot, readSplitWhen, type SlotContext, type SlotReading } from './slots.ts';
import { foldWord } from './normalise.ts';
import { readUtterance, valuesOf } from './tokens.ts';

interface CompiledLanguage {
  readonly language: Language;
  readonly rows: readonly { readonly meaning: Meaning; readonly phrases: readonly Phrase[] }[];
  /** First words of times; numbers are too. */
  readonly starters: ReadonlySet<string>;
  readonly prepositions: ReadonlySet<string>;
  readonly connectors: ReadonlySet<string>;
}

/** A reading that failed, and how much of it had succeeded. */
interface NearMiss {
  readonly score: number;
  readonly failure: NotUnderstood;
}

/** Ways to lay one phrase over the words that are looked at. More only come from very long texts full of our words. */
const MAX_MATCHES = 300;
/** Slots that are read for one command. */
const MAX_READINGS = 2000;
const MAX_WORDS_SHOWN = 60;
/** Less than any reading of a slot can lose. */
const VERB_ALONE = -100;

const compiled = new Map<Language, CompiledLanguage>();

function compile(language: Language): CompiledLanguage {
  const known = compiled.get(language);
  if (known !== undefined) return known;
  const fresh: CompiledLanguage = {
    language,
    rows: language.phrases.map(([meaning, ...phrases]) => ({ meaning, phrases: phrases.map(compilePhrase) })),
    starters: new Set(language.time.starters.map(foldWord)),
    prepositions: new Set(language.time.prepositions.map(foldWord)),
    connectors: new Set(language.connectors.map(foldWord)),
  };
  compiled.set(language, fresh);
  return fresh;
}

/** Understands a post or a direct message. Never throws; nothing in the result has control characters. */
export function parseCommand(text: string, context: CommandContext): ParsedCommand {
  const languages = languagesFor(context.locale);
  const utterance = readUtterance(text, context.botName, languages);
  if (utterance.tokens.length === 0) return { ok: false, failure: { problem: 'empty' } };

  const slotContext = {
    utterance,
    bareIsMorning: false,
    nowMs: context.nowMs,
    zone: context.zone,
    region: context.region,
    dayFirst: dayFirst(context),
    languages,
  };
  const reader = new Reader(slotContext);
  for (const language of languages) {
    const command = reader.read(compile(language), [language, ...languages.filter((other) => other !== language)]);
    if (command !== undefined) return command;
  }
  return { ok: false, failure: reader.closest?.failure ?? unknown(slotContext) };
}

/** The United States write the month first; without a region nobody knows. */
function dayFirst({ locale, region }: CommandContext): boolean | undefined {
  const country = region ?? /-([a-z]{2})$/i.exec(locale)?.[1]?.toUpperCase();
  return country !== undefined && isSupportedCountry(country) ? country !== 'US' : undefined;
}

class Reader {
  closest: NearMiss | undefined;
  readonly #context: SlotContext;
  readonly #whens = new Map<string, SlotReading<unknown>>();
  #readings = 0;

  constructor(context: SlotContext) {
    this.#context = context;
  }

  read(compiledLanguage: CompiledLanguage, languages: readonly Language[]): ParsedCommand | undefined {
    for (const { meaning, phrases } of compiledLanguage.rows) {
      const context = { ...this.#context, languages, bareIsMorning: MEANINGS[meaning].bareIsMorning };
      for (const phrase of phrases) {
        const command = this.#readPhrase(meaning, phrase, compiledLanguage, context);
        if (command !== undefined) return command;
      }
    }
    return undefined;
  }

  #readPhrase(meaning: Meaning, phrase: Phrase, language: CompiledLanguage, context: SlotContext): ParsedCommand | undefined {
    const { tokens } = context.utterance;
    let matches = 0;
    for (const match of matchesOf(phrase, tokens)) {
      matches += 1;
      if (matches > MAX_MATCHES || this.#readings > MAX_READINGS) break;
      if (!this.#isPlausible(match, phrase, language)) continue;
      const command = this.#readMatch(meaning, phrase, match, language, context);
      if (command !== undefined) return command;
    }
    // The verb alone was recognised: no phrase of it goes on like this.
    if (matches === 0 && phrase.oneWord && phrase.heads.includes(tokens[0]!.word)) {
      this.#miss(VERB_ALONE, { problem: 'unknown-command', verb: MEANINGS[meaning].verb, words: shown(valuesOf(context.utterance, 0, tokens.length)) });
    }
    return undefined;
  }

  /**
   * What can be told without reading a slot, and most ways fail here. Where a text stands beside a time, a time begins
   * with one of its words, the text before it does not end with one that announces it, and the text itself begins with
   * one only behind a word like "to".
   */
  #isPlausible({ ranges }: Match, phrase: Phrase, { starters, prepositions, connectors }: CompiledLanguage): boolean {
    const { tokens } = this.#context.utterance;
    const startsTime = (at: number) => starters.has(tokens[at]!.word) || /^\d/.test(tokens[at]!.word);
    const open = phrase.slots.includes('about');
    return ranges.every(({ slot, from, to }, i) => {
      if (from === to) return true;
      if (slot === 'when') return !(open || phrase.heads.length === 0) || startsTime(from);
      if (slot !== 'about') return true;
      if (startsTime(from) && !connectors.has(tokens[from]!.word) && !connectors.has(tokens[from - 1]!.word)) return false;
      const next = ranges[i + 1];
      return next?.slot !== 'when' || next.from === next.to || !prepositions.has(tokens[to - 1]!.word);
    });
  }

  #readMatch(meaning: Meaning, phrase: Phrase, match: Match, language: CompiledLanguage, context: SlotContext): ParsedCommand | undefined {
    const slots: Record<string, unknown> = {};
    const failures: NotUnderstood[] = [];
    const { verb } = MEANINGS[meaning];
    let score = match.words;
    for (const range of joined(match.ranges)) {
      if (range.optional && range.from === range.to) continue;
      const reading = this.#readRange(range, language, context);
      if ('value' in reading) {
        const before = slots[range.slot];
        slots[range.slot] = range.slot === 'about' && before !== undefined ? `${String(before)} ${String(reading.value)}` : reading.value;
        score += 2;
      } else {
        score -= penalty(reading.problem, range, language, context);
        const words = valuesOf(context.utterance, range.from, range.to);
        failures.push({ problem: reading.problem, verb, ...(words !== '' && { words: shown(words) }), ...(reading.hint !== undefined && { suggestion: reading.hint }) });
      }
    }
    if (failures.length === 0) return { ok: true, command: MEANINGS[meaning].build(slots as Slots) };
    if (phrase.heads.length > 0 || 'addressee' in slots) this.#miss(score, failures[0]!);
    return undefined;
  }

  #readRange(range: JoinedRange, { language }: CompiledLanguage, context: SlotContext): SlotReading<unknown> {
    if (range.from === range.to) return readEmptyText(range.slot, range.from, context) ?? { problem: MISSING[range.slot] };
    this.#readings += 1;
    if (range.slot !== 'when') return readSlot(range.slot, range.from, range.to, context);
    // The same words are tried as a time by many phrases.
    const key = [language.locale, context.bareIsMorning, range.from, range.to, ...(range.more ?? []).flatMap(({ from, to }) => [from, to])].join();
    const known = this.#whens.get(key);
    if (known !== undefined) return known;
    const reading = range.more === undefined ? readSlot('when', range.from, range.to, context) : readSplitWhen([range, ...range.more], context);
    this.#whens.set(key, reading);
    return reading;
  }

  #miss(score: number, failure: NotUnderstood): void {
    if (this.closest === undefined || score > this.closest.score) this.closest = { score, failure };
  }
}

interface JoinedRange extends SlotRange {
  readonly more?: readonly SlotRange[];
}

/** Times of one phrase are one time. */
function joined(ranges: readonly SlotRange[]): readonly JoinedRange[] {
  const whens = ranges.filter(({ slot, from, to }) => slot === 'when' && from < to);
  if (whens.length < 2) return ranges;
  return ranges.flatMap((range) => (range.slot !== 'when' ? [range] : range === whens[0] ? [{ ...range, more: whens.slice(1) }] : []));
}

function penalty(problem: NotUnderstood['problem'], { slot, from, to }: SlotRange, { starters }: CompiledLanguage, { utterance }: SlotContext): number {
  // A time that was understood and cannot be kept is nearly right.
  if (problem === 'time-past' || problem === 'time-ambiguous') return -1;
  const word = utterance.tokens[from]?.word;
  if (slot === 'when' && from < to && word !== undefined && (starters.has(word) || /^\d/.test(word))) return 1;
  return 2;
}

function shown(words: string): string {
  // Whole characters: half of an emoji is none.
  const letters = [...words.slice(0, 2 * MAX_WORDS_SHOWN)];
  return letters.length > MAX_WORDS_SHOWN ? `${letters.slice(0, MAX_WORDS_SHOWN - 1).join('')}…` : words;
}

function unknown({ utterance, languages }: SlotContext): NotUnderstood {
  const heads = languages.flatMap((language) => compile(language).rows.flatMap(({ phrases }) => phrases.flatMap((phrase) => phrase.heads)));
  const suggestion = nearestWord(utterance.tokens[0]!.word, heads);
  return {
    problem: 'unknown-command',
    words: shown(valuesOf(utterance, 0, utterance.tokens.length)),
    ...(suggestion !== undefined && { suggestion }),
  };
}
