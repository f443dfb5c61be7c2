import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MISSED_CALL_CAUSES, type MissedCall } from '../../../src/jobs/contract/missed-call.ts';
import { missedCallText } from '../../../src/workers/render/missed-call.ts';
import { bearsReference } from '../../../src/workers/render/reference.ts';
import { missed } from '../delivery/stage.ts';

const ENGLISH = { locale: 'en', timeZone: 'Europe/Berlin' };

/** The text without its reference. */
function textOf(change: Partial<MissedCall>, reader = ENGLISH): string {
  return missedCallText(missed(change), reader).replace(/ · ref [0-9a-z]{8}$/, '');
}

test('English: who, when, why', () => {
  assert.equal(textOf({}), 'Missed call from "Alice" <alice@example.com> at 15:05 (Sun 22 Nov): no answer');
});

test('German: who, when, why', () => {
  const text = textOf({}, { locale: 'de-CH', timeZone: 'Europe/Zurich' });
  assert.equal(text, 'Verpasster Anruf von "Alice" <alice@example.com> um 15:05 Uhr (So, 22.11.): nicht angenommen');
});

test('a language without texts of its own gets English, so does a locale that is none', () => {
  for (const locale of ['fr-FR', '', 'x', 'en_GB', 'EN']) assert.match(textOf({}, { locale, timeZone: 'UTC' }), /^Missed call from /);
});

test('every cause has words in every language', () => {
  for (const locale of ['en', 'de']) {
    const texts = MISSED_CALL_CAUSES.map((cause) => textOf({ cause }, { locale, timeZone: 'UTC' }));
    assert.equal(new Set(texts).size, MISSED_CALL_CAUSES.length);
    for (const text of texts) assert.doesNotMatch(text, /undefined/);
  }
});

test('without a name, or with one that repeats the address, there is the address alone', () => {
  for (const callerName of ['', '   ', '\u200b\u202e', '\u200d\u200d', '\u3164', 'alice', 'alice@example.com']) {
    assert.equal(textOf({ callerName }), 'Missed call from alice@example.com at 15:05 (Sun 22 Nov): no answer', JSON.stringify(callerName));
  }
});

test('a number is shown as it is', () => {
  assert.match(textOf({ caller: '+493012345678', callerName: '' }), /^Missed call from \+493012345678 at /);
});

test('RFC 3323 an anonymous caller is called that, whatever name he gives', () => {
  assert.match(textOf({ caller: 'anonymous@anonymous.invalid', callerName: 'Anonymous' }), /^Missed call from an anonymous caller at /);
});

test('the day is the reader\'s day', () => {
  const at = Date.UTC(2026, 11, 31, 23, 30);
  assert.match(textOf({ at }, { locale: 'en', timeZone: 'Asia/Tokyo' }), / at 08:30 \(Fri 1 Jan\): /);
  assert.match(textOf({ at }, { locale: 'en', timeZone: 'America/Los_Angeles' }), / at 15:30 \(Thu 31 Dec\): /);
});

test('midnight is 00, and both hours of a change of clocks are told', () => {
  assert.match(textOf({ at: Date.UTC(2026, 5, 1, 22, 0) }), / at 00:00 \(Tue 2 Jun\): /);
  assert.match(textOf({ at: Date.UTC(2026, 9, 25, 0, 59) }), / at 02:59 \(Sun 25 Oct\): /);
  assert.match(textOf({ at: Date.UTC(2026, 9, 25, 1, 0) }), / at 02:00 \(Sun 25 Oct\): /);
});

test('a zone that nobody knows is UTC, and UTC is said', () => {
  assert.match(textOf({}, { locale: 'en', timeZone: 'Mars/Olympus' }), / at 14:05 UTC \(Sun 22 Nov\): /);
});

const HOSTILE = [
  ['a line break', 'Alice\r\nMissed call from "Boss"', `"Alice Missed call from 'Boss'"`],
  ['an override of the writing direction', '\u202eecilA\u202c \u2066x\u2069', '"ecilA x"'],
  ['zero-width characters', 'A\u200bl\u00adi\ufeffce', '"Alice"'],
  ['quotes that end the name', 'Mum" <mum@home> at 09:00: busy "', `"Mum' mum@home at 09:00: busy '"`],
  ['typographic quotes', '“Mum” «x»', `"'Mum' 'x'"`],
  ['a link', 'see https://evil.example/x', '"see https://evil. example/x"'],
  ['a bare domain', 'evil.com and café.рф', '"evil. com and café. рф"'],
  ['a terminal sequence', '\u001b[31mred\u0007', '"[31mred"'],
  ['a heap of marks', `Z${'\u0300'.repeat(50)}algo`, `"Z${'\u0300'.repeat(4)}algo"`],
  ['half a surrogate pair', 'Al\ud83dice', '"Alice"'],
] as const;

for (const [what, callerName, shown] of HOSTILE) {
  test(`a caller's name with ${what} is harmless`, () => {
    assert.equal(textOf({ callerName }), `Missed call from ${shown} <alice@example.com> at 15:05 (Sun 22 Nov): no answer`);
  });
}

test('names in other scripts and composed emoji stay what they are', () => {
  for (const callerName of ['Zoë O\'Brien', 'محمد رضا', 'می‌خواهم', '山田太郎', 'Łukasz Żak', '👨‍👩‍👧 home', 'ศรีสุดา']) {
    assert.ok(textOf({ callerName }).includes(`"${callerName.normalize('NFC')}"`), callerName);
  }
});

test('an address cannot leave its brackets', () => {
  assert.match(textOf({ caller: 'a> at 01:00 "x\u202e@h' }), /^Missed call from "Alice" <aat01:00x@h> at 15:05/);
});

test('a long name and a long address are cut', () => {
  const text = textOf({ callerName: 'n'.repeat(256), caller: `${'u'.repeat(200)}@example.com` });
  assert.equal(text, `Missed call from "${'n'.repeat(63)}…" <${'u'.repeat(127)}…> at 15:05 (Sun 22 Nov): no answer`);
});

test('whatever the caller sends: one line, at most 500 characters, nothing invisible, known by its reference, the same each time', () => {
  const text = fc.string({ unit: 'binary', maxLength: 256 });
  const word = text.filter((value) => value !== '');
  const event = fc.record({ eventId: word, caller: word, callerName: text, cause: fc.constantFrom(...MISSED_CALL_CAUSES) });
  fc.assert(
    fc.property(event, fc.constantFrom('en', 'de'), (change, locale) => {
      const reader = { locale, timeZone: 'Europe/Berlin' };
      const rendered = missedCallText(missed(change), reader);
      assert.ok(rendered.length <= 500, `${rendered.length} characters`);
      assert.doesNotMatch(rendered, /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u);
      assert.ok(bearsReference(rendered, change.eventId));
      assert.equal(missedCallText(missed(change), reader), rendered);
    }),
    { numRuns: 500 },
  );
});
