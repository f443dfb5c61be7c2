import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CALL_CAUSES } from '../../../src/jobs/contract/call-event.ts';
import type { AnswerTexts } from '../../../src/workers/answers/answer-texts.ts';
import { finishedText } from '../../../src/workers/answers/answer.ts';
import { answerTextsFor } from '../../../src/workers/answers/catalogue.ts';
import { postWeight } from '../../../src/workers/render/post-weight.ts';
import { REFUSALS } from '../../../src/workers/commands/policy/refusal.ts';

const NAME = 'sip:somebody.with.a.long.name@telephony.example.com';
const LINE = { number: 123, what: NAME, kind: 'call', when: 'Saturday, 28 November 2026, 17:30 (America/Argentina/Buenos_Aires)', rule: undefined } as const;
const PROFILE = { timeZone: 'America/Argentina/Buenos_Aires', locale: 'en-GB', region: 'DE', notify: true, quiet: { from: '22:00', to: '07:00' }, forwardTo: '+4930901820', dnd: false, mastodon: undefined, sipUser: 'bob' };

/** Every sentence, with long names in it. */
function allTexts(texts: AnswerTexts): [string, string][] {
  return [
    ['calling', texts.calling({ name: NAME })],
    ['scheduled', texts.scheduled({ ...LINE, ring: false })],
    ['scheduled reminder', texts.scheduled({ ...LINE, kind: 'reminder', ring: true })],
    ['moved', texts.moved(LINE)],
    ['cancelledSchedule', texts.cancelledSchedule(LINE)],
    ['cancelledCall', texts.cancelledCall({ name: NAME })],
    ['stoppingCall', texts.stoppingCall({ name: NAME })],
    ['nothingScheduled', texts.nothingScheduled],
    ['snoozed', texts.snoozed(LINE)],
    ['reminderDone', texts.reminderDone({ what: NAME })],
    ['messageSent', texts.messageSent({ name: NAME })],
    ['zoneSet', texts.zoneSet({ zone: PROFILE.timeZone, now: '12:00' })],
    ['quietHoursSet', texts.quietHoursSet({ from: '22:00', to: '07:00', zone: PROFILE.timeZone })],
    ['forwardSet', texts.forwardSet({ name: NAME })],
    ['notify', texts.notifySet(false)],
    ['dnd', texts.dndSet(true)],
    ['profile', texts.profile(PROFILE)],
    ['linked', texts.linked({ sipUser: 'bob' })],
    ['unlinked', texts.unlinked({ sipUser: 'bob' })],
    ['stranger', texts.stranger],
    ...Object.entries(texts.linkRefused),
    ...REFUSALS.map((code): [string, string] => [code, texts.refusals[code]({ code, name: NAME, limit: 100 })]),
    ...CALL_CAUSES.flatMap((cause) => (['caller', 'callee', undefined] as const).map((party): [string, string] => [`${party} ${cause}`, texts.callFailed({ name: NAME, party, cause })])),
    ['callMissed', texts.callMissed({ name: NAME })],
    ['callInterrupted', texts.callInterrupted({ name: NAME, talked: true })],
    ['reminder', texts.reminder({ number: 1, about: NAME })],
    ['scheduleMissed', texts.scheduleMissed({ ...LINE, next: undefined })],
  ];
}

for (const locale of ['en', 'de']) {
  test(`every sentence in ${locale} fits under a post with its reference, uncut`, () => {
    for (const [name, text] of allTexts(answerTextsFor(locale))) {
      const finished = finishedText(text, 'answer:post:1', { underPost: true });
      assert.ok(postWeight(finished) <= 280, name);
      assert.doesNotMatch(finished, /…  ?·/, name);
      assert.match(finished, / · ref [0-9a-z]{8}$/);
    }
  });

  test(`no refusal and no cause in ${locale} is without a sentence, and none says "undefined"`, () => {
    for (const [name, text] of allTexts(answerTextsFor(locale))) {
      assert.ok(text.length > 5, name);
      assert.doesNotMatch(text, /undefined|NaN|\[object/, name);
    }
  });
}

test('busy, no answer, declined and unreachable are told apart, and on whose side it was', () => {
  for (const locale of ['en', 'de']) {
    const texts = answerTextsFor(locale);
    const sentences = (['busy', 'no-answer', 'declined', 'unreachable'] as const).flatMap((cause) =>
      (['caller', 'callee'] as const).map((party) => texts.callFailed({ name: 'alice', party, cause })),
    );
    assert.equal(new Set(sentences).size, sentences.length);
  }
});

test('the language counts, not the country; what has no texts is English', () => {
  assert.equal(answerTextsFor('de-AT'), answerTextsFor('de'));
  assert.equal(answerTextsFor('fr'), answerTextsFor('en'));
  assert.equal(answerTextsFor('DE_CH'), answerTextsFor('de'));
});
