/** The tables of words are data; these tests read all of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { helpText } from '../../src/commands/help.ts';
import { LANGUAGES } from '../../src/commands/languages.ts';
import { MEANINGS, type Meaning } from '../../src/commands/meanings.ts';
import { parseCommand } from '../../src/commands/parse-command.ts';
import { compilePhrase } from '../../src/commands/phrase.ts';
import { LANGUAGE_CODES, textsFor } from '../../src/commands/texts/catalogue.ts';
import type { Verb } from '../../src/commands/texts/texts.ts';
import { findZone } from '../../src/commands/zone.ts';
import { context } from './context.ts';

const meanings = Object.keys(MEANINGS) as Meaning[];
const verbs = [...new Set(meanings.map((meaning) => MEANINGS[meaning].verb))];

for (const { locale, phrases, cities } of LANGUAGES) {
  describe(`words of ${locale}`, () => {
    test('everything that can be meant can be said', () => {
      assert.deepEqual(meanings.filter((meaning) => !phrases.some(([said]) => said === meaning)), []);
    });

    for (const [meaning, ...texts] of phrases) {
      test(`every phrase of "${meaning}" has the slots that it needs, and no other`, () => {
        const { needs, takes } = MEANINGS[meaning];
        for (const text of texts) {
          const { parts, slots } = compilePhrase(text);
          for (const need of needs) assert.ok(parts.some((part) => 'slot' in part && part.slot === need && !part.optional), `${text}: ${need}`);
          for (const slot of slots) assert.ok(slot === 'any' || [...needs, ...takes].includes(slot), `${text}: ${slot}`);
        }
      });
    }

    test('every city has a zone that exists', () => {
      for (const [city, zone] of Object.entries(cities)) assert.equal(findZone(zone, []) === undefined, false, city);
    });
  });
}

for (const locale of LANGUAGE_CODES) {
  describe(`texts of ${locale}`, () => {
    for (const verb of verbs) {
      test(`the two examples of "${verb}" are understood as it`, () => {
        const examples = textsFor(locale).examples[verb];
        assert.notEqual(...examples);
        for (const example of examples) assert.equal(verbOf(example, locale), verb, example);
      });
    }

    test('every line of the help is understood', () => {
      for (const line of helpLines(locale)) assert.notEqual(verbOf(line, locale), undefined, line);
    });

    test('the help fits a direct message, and names every verb but itself', () => {
      assert.ok(helpText(locale).length < 1000);
      const shown = new Set(helpLines(locale).map((line) => verbOf(line, locale)));
      assert.deepEqual(verbs.filter((verb) => !shown.has(verb)), ['help']);
    });

    test('nobody is mentioned, and nothing is linked to', () => {
      const { examples, firstSteps } = textsFor(locale);
      for (const text of [helpText(locale), ...firstSteps, ...Object.values(examples).flat()]) assert.doesNotMatch(text, /@|https?:|www\.|\.com/);
    });
  });
}

test('what docs/commands.md says can be written is understood', () => {
  const page = readFileSync('docs/commands.md', 'utf8');
  const blocks = [...page.matchAll(/^```text (\w\w)\n([\s\S]*?)^```$/gm)];
  assert.ok(blocks.length >= 10);
  for (const [, locale, lines] of blocks) {
    for (const line of lines!.trim().split('\n')) assert.notEqual(verbOf(line, locale!), undefined, line);
  }
});

function helpLines(locale: string): string[] {
  return textsFor(locale).help.flatMap(([, ...lines]) => lines);
}

function verbOf(text: string, locale: string): Verb | undefined {
  const parsed = parseCommand(text, context({ locale }));
  return parsed.ok ? parsed.command.verb : undefined;
}
