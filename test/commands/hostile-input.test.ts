import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { explainFailure } from '../../src/commands/help.ts';
import { LANGUAGES } from '../../src/commands/languages.ts';
import { parseCommand } from '../../src/commands/parse-command.ts';
import { context } from './context.ts';

/** Words of the grammar, so that random texts get far into it. */
const WORDS = [
  ...new Set(LANGUAGES.flatMap(({ phrases, time }) => [...phrases.flatMap(([, ...texts]) => texts.flatMap((text) => text.replace(/[()]/g, '').split(/[ |]/))), ...time.starters])),
].filter((word) => !word.startsWith('{'));
const VALUES = ['@alice', 'alice', '@bot', '@alice:', '+49 30 901820', 'sip:a@b.c', '9', '17:30', '#3', 'Europe/Berlin', 'off', '22-7', '5/6', '\r\n', '\u0000', '\u202e', '\u200d', '&amp;', '😀', '\ud800', '\u2028', 'https://t.co/x'];
const sentences = fc.array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...WORDS) }, { weight: 3, arbitrary: fc.constantFrom(...VALUES) }, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 14 }).map((words) => words.join(' '));
const texts = fc.oneof(sentences, fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 200 }));

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

/** Controls, text direction, halves of characters, tags; the two joiners have their place in texts. */
const FORBIDDEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

test('whatever is written: no exception, no control character, and what was not understood fits a post', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom('en', 'de', 'xx'), fc.constantFrom('Europe/Berlin', 'America/New_York', 'Nowhere/At_All', 'UTC'), (text, locale, zone) => {
      const parsed = parseCommand(text, context({ locale, zone, region: undefined }));
      for (const value of strings(parsed)) assert.doesNotMatch(value, FORBIDDEN);
      if (parsed.ok) return;
      const explained = explainFailure(parsed.failure, locale);
      assert.ok(explained.length > 0 && explained.length <= 280);
      assert.doesNotMatch(explained, /@|https?:/);
    }),
    { numRuns: 3000 },
  );
});

test('the same words at the same moment are the same command', () => {
  fc.assert(fc.property(sentences, (text) => assert.deepEqual(parseCommand(text, context()), parseCommand(text, context()))), { numRuns: 300 });
});

describe('10,000 characters are answered in a moment', () => {
  const repeated = [
    'to at 9 ', 'every ', '+49 ', '1', '9 ', '@a ', 'a.', 'half past ', 'x ', 'please ', '&amp;', '#a', 'um 9 an ', 'mon, ', '\u202e', '\ufdfa', 'and ring me ',
    'at 9 and ', 'a/', 'tomorrow ', 'thanks ', 'in 5 minutes and ', 'a@', '-', '(', '5/', '5.', '\ud800', '\u0300', '👩\u200d', 'quarter to ', 'jeden mo und ', 'viertel vor ',
  ];
  const beginnings = ['', 'call ', 'remind me ', 'remind me at 9 to ', 'msg alice ', 'call alice every ', 'erinnere mich ', 'timezone ', 'mastodon ', 'call sip:', 'forward to ', '@alice: ', 'notify off ', 'region ', 'link '];
  // Everything is compiled and warm before a clock is looked at.
  for (const beginning of beginnings) parseCommand(`${beginning}x at 9`, context());
  for (const part of repeated) {
    test(JSON.stringify(part), () => {
      for (const beginning of beginnings) {
        const text = (beginning + part.repeat(10_000)).slice(0, 10_000);
        const before = process.cpuUsage();
        parseCommand(text, context());
        const { user, system } = process.cpuUsage(before);
        assert.ok((user + system) / 1000 < 1500, `${beginning}: ${(user + system) / 1000} ms`);
      }
    });
  }
});
