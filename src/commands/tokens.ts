/** A command as a row of words, without what stands round it: mentions of us, greetings, links that X added. */
import type { Language } from './language.ts';
import { bareWord, cleanText, foldWord, plainWord } from './normalise.ts';

export interface Token {
  /** Position in the clean text. */
  readonly start: number;
  readonly end: number;
  /** Readable form: a number, a handle, an address. */
  readonly value: string;
  /** For comparing with words of the grammar: folded, letters and digits at both ends. */
  readonly word: string;
}

export interface Utterance {
  readonly clean: string;
  readonly tokens: readonly Token[];
  /** Behind the command: thanks, links, hashtags, a mention of us. Part of a text that goes on to the end. */
  readonly tail: readonly Token[];
  /** Our handle, lower case. */
  readonly botName: string;
}

const HANDLE = /^[."'(]*@([A-Za-z0-9_]{1,15})[,.!;)"']*$/;
const LINK = /^https?:\/\/t\.co\//i;
/** Without a letter it is the number of a schedule. */
const HASHTAG = /^#(?=.*\p{L})[\p{L}\p{N}_]+$/u;

/** Splits `text` and takes off what is not part of the command, as long as something is left. */
export function readUtterance(text: string, botName: string, languages: readonly Language[]): Utterance {
  const clean = cleanText(text);
  const all = tokenise(clean);
  const bot = botName.toLowerCase();
  const to = endOfCommand(all, bot, languages);
  const addressed = all.slice(to).some((token) => handleOf(token)?.toLowerCase() === bot);
  const from = startOfCommand(all.slice(0, to), bot, addressed, languages);
  return { clean, tokens: all.slice(from, to), tail: all.slice(to), botName: bot };
}

function tokenise(clean: string): Token[] {
  const tokens: Token[] = [];
  for (const match of clean.matchAll(/[^ ]+/g)) {
    const value = plainWord(match[0]);
    const word = foldWord(value).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    // An emoji or a dash alone says nothing to the grammar; it stays in texts, which are cut from the clean text.
    if (word === '' && !value.includes('+')) continue;
    tokens.push({ start: match.index, end: match.index + match[0].length, value, word });
  }
  return tokens;
}

function handleOf(token: Token): string | undefined {
  return HANDLE.exec(token.value)?.[1];
}

/**
 * X puts the people of a conversation in front of a reply, so mentions before the command are not part of it,
 * provided that we are mentioned too. `@alice: hello` is a command: the colon says so.
 */
function startOfCommand(tokens: readonly Token[], bot: string, addressed: boolean, languages: readonly Language[]): number {
  const afterGreeting = skip(tokens, languages, () => false);
  let ours = addressed;
  const afterMentions = skip(tokens, languages, (token) => {
    const isBot = handleOf(token)?.toLowerCase() === bot || token.value.toLowerCase() === `@${bot}:`;
    ours ||= isBot;
    return isBot || handleOf(token) !== undefined;
  });
  return ours ? afterMentions : afterGreeting;
}

/** The first token that is neither polite nor one of those to be left out. */
function skip(tokens: readonly Token[], languages: readonly Language[], leaveOut: (token: Token) => boolean): number {
  let from = 0;
  for (;;) {
    const token = tokens[from];
    if (token === undefined) return from;
    const length = leaveOut(token) ? 1 : politeLength(tokens, from, languages);
    if (length === 0) return from;
    from += length;
  }
}

function politeLength(tokens: readonly Token[], from: number, languages: readonly Language[]): number {
  for (const { polite } of languages) {
    for (const phrase of polite.before) {
      const words = foldWord(phrase).split(' ');
      if (words.length < tokens.length - from && words.every((word, i) => tokens[from + i]?.word === word)) return words.length;
    }
  }
  return 0;
}

function endOfCommand(tokens: readonly Token[], bot: string, languages: readonly Language[]): number {
  let to = tokens.length;
  while (to > 1) {
    const last = tokens[to - 1]!;
    const drop = handleOf(last)?.toLowerCase() === bot || LINK.test(last.value) || HASHTAG.test(last.value) ? 1 : thanksLength(tokens, to, languages);
    if (drop === 0) break;
    to -= drop;
  }
  return to;
}

function thanksLength(tokens: readonly Token[], to: number, languages: readonly Language[]): number {
  for (const { polite } of languages) {
    for (const phrase of polite.after) {
      const words = foldWord(phrase).split(' ');
      if (words.length < to && words.every((word, i) => tokens[to - words.length + i]!.word === word)) return words.length;
    }
  }
  return 0;
}

/** The values of some tokens as a text for the readers of numbers, times and names. */
export function valuesOf({ tokens }: Utterance, from: number, to: number): string {
  return tokens.slice(from, to).map(({ value }) => value).join(' ');
}

/**
 * The words as they were written, from behind the word before. At the end of the command it goes on with what
 * was taken off there: all of it, or with `withoutUs` all but mentions of us.
 */
export function textOf(utterance: Utterance, from: number, to: number, withoutUs: boolean): string {
  const { clean, tokens, tail, botName } = utterance;
  const start = from === 0 ? (tokens[0]?.start ?? 0) : tokens[from - 1]!.end;
  let end = to < tokens.length ? tokens[to]!.start : clean.length;
  if (to === tokens.length && withoutUs) {
    for (const token of [...tail].reverse()) {
      if (handleOf(token)?.toLowerCase() !== botName) break;
      end = token.start;
    }
  }
  return clean.slice(start, Math.max(start, end)).trim().replace(/^[:,;–—-] /, '');
}

/** As `valuesOf`, without quotes and the punctuation of a sentence round them. */
export function bareValuesOf(utterance: Utterance, from: number, to: number): string {
  return bareWord(valuesOf(utterance, from, to));
}
