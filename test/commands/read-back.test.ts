import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { When } from '../../src/commands/command.ts';
import { explainFailure, quotable } from '../../src/commands/help.ts';
import { parseCommand } from '../../src/commands/parse-command.ts';
import { describeRule, describeWhen } from '../../src/commands/read-back.ts';
import { context, at, NOW } from './context.ts';

function said(text: string, locale: string, changes: { readonly zone?: string; readonly now?: string } = {}): string {
  const nowMs = changes.now === undefined ? NOW : at(changes.now);
  const parsed = parseCommand(text, context({ locale, nowMs, ...(changes.zone && { zone: changes.zone }) }));
  assert.ok(parsed.ok && 'when' in parsed.command && parsed.command.when, text);
  return describeWhen(parsed.command.when satisfies When, { locale, nowMs });
}

describe('times in words', () => {
  test('day, date, clock and zone', () => {
    assert.equal(said('call alice tomorrow at 17:30', 'en'), 'tomorrow, Sat 28 Nov at 17:30 (Europe/Berlin)');
    assert.equal(said('call alice tomorrow at 17:30', 'de'), 'morgen, Samstag, 28. November, um 17:30 Uhr (Europe/Berlin)');
    assert.equal(said('call alice in 20 minutes', 'en'), 'today, Fri 27 Nov at 10:20 (Europe/Berlin)');
    assert.equal(said('call alice monday at 9', 'en'), 'Mon 30 Nov at 09:00 (Europe/Berlin)');
  });
  test('a date far away has its year', () => assert.equal(said('call alice 2028-05-05 at 17:00', 'en'), 'Fri 5 May 2028 at 17:00 (Europe/Berlin)'));
  test('tomorrow is the day after today in the zone of the time', () => {
    assert.equal(said('call alice at 08:00', 'en', { zone: 'Asia/Tokyo', now: '2026-11-27T23:30+09:00' }), 'tomorrow, Sat 28 Nov at 08:00 (Asia/Tokyo)');
  });
  test('today and tomorrow over a change of the clocks', () => {
    assert.equal(said('call alice tomorrow at 12:00', 'en', { now: '2026-03-28T23:30+01:00' }), 'tomorrow, Sun 29 Mar at 12:00 (Europe/Berlin)');
    assert.equal(said('call alice tomorrow at 12:00', 'en', { now: '2026-10-25T00:30+02:00' }), 'tomorrow, Mon 26 Oct at 12:00 (Europe/Berlin)');
  });
  test('a rule and its first time', () => {
    assert.equal(said('call alice every weekday at 9', 'en'), 'every weekday at 09:00, first Mon 30 Nov at 09:00 (Europe/Berlin)');
    assert.equal(said('call alice every weekday at 9', 'de'), 'jeden Werktag von Montag bis Freitag um 09:00 Uhr, zuerst Montag, 30. November, um 09:00 Uhr (Europe/Berlin)');
  });
  test('a gap and an overlap are told', () => {
    assert.equal(said('call alice tomorrow at 2:30am', 'en', { now: '2026-03-28T20:00+01:00' }), 'tomorrow, Sun 29 Mar at 03:30 (Europe/Berlin); 02:30 does not exist that day because the clocks go forward, so it is the time after');
    assert.equal(said('call alice tomorrow at 2:30am', 'en', { now: '2026-10-24T20:00+02:00' }), 'tomorrow, Sun 25 Oct at 02:30 (Europe/Berlin); that time comes twice because the clocks go back; the first one is meant');
    assert.match(said('ruf alice morgen um 2:30 an', 'de', { now: '2026-03-28T20:00+01:00' }), /03:30 Uhr .*; 02:30 Uhr gibt es an dem Tag nicht/);
  });
});

test('rules in words', () => {
  for (const [rule, en, de] of [
    ['FREQ=DAILY', 'every day', 'jeden Tag'],
    ['FREQ=DAILY;INTERVAL=2', 'every 2 days', 'alle 2 Tage'],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'every weekday', 'jeden Werktag von Montag bis Freitag'],
    ['FREQ=WEEKLY;BYDAY=SA,SU', 'every weekend day', 'an jedem Wochenendtag'],
    ['FREQ=WEEKLY;BYDAY=MO,TH', 'every Monday and Thursday', 'jeden Montag und Donnerstag'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', 'every 2 weeks on Monday', 'alle 2 Wochen am Montag'],
    ['FREQ=MONTHLY;BYMONTHDAY=2', 'every month on the 2nd', 'jeden Monat am 2.'],
    ['FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=21', 'every 2 months on the 21st', 'alle 2 Monate am 21.'],
    ['FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1', 'every month on the 31st or the last day', 'jeden Monat am 31. oder letzten Tag'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', 'every month on the last day', 'jeden Monat am letzten Tag'],
    ['FREQ=MONTHLY;BYDAY=-1FR', 'on the last Friday of every month', 'am letzten Freitag jedes Monats'],
    ['FREQ=MONTHLY;BYDAY=1MO', 'on the first Monday of every month', 'am ersten Montag jedes Monats'],
    ['FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5', 'every year on 5 May', 'jedes Jahr am 5. Mai'],
    ['FREQ=HOURLY', 'FREQ=HOURLY', 'FREQ=HOURLY'],
  ] as const) {
    assert.equal(describeRule(rule, 'en'), en);
    assert.equal(describeRule(rule, 'de-AT'), de);
  }
});

describe('what went wrong, in words', () => {
  const explain = (text: string, locale = 'en') => {
    const parsed = parseCommand(text, context({ locale }));
    assert.ok(!parsed.ok);
    return explainFailure(parsed.failure, locale);
  };
  test('what was understood, what was not, and two examples', () => {
    assert.equal(explain('cancle 3'), 'I do not understand "cancle 3". Did you mean "cancel"? Try: "call alice tomorrow at 17:30" or "remind me at 9 to call mum".');
    assert.equal(explain('call alice on monday'), '"on monday": at what time, on which day? I need it more exactly. Try: "call alice" or "call +49 30 901820 tomorrow at 17:30".');
    assert.equal(explain('verschiebe 3', 'de'), 'Wann? Versuch es so: "verschiebe 3 auf 18:00" oder "verschiebe 3 auf Freitag um 9".');
  });
  test('nobody can have us mention, tag or link: X would call them, or bill us', () => {
    assert.equal(quotable('@carol #x $TSLA https://evil.example.com/x'), 'carol x TSLA evil example com/x');
    assert.doesNotMatch(explain('shout at @carol about evil.com'), /@|evil\.com/);
  });
  test('it fits a post by X\'s own count, whatever was written and in whatever script', () => {
    const weight = (text: string) => [...text].reduce((sum, letter) => sum + (/[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]/u.test(letter) ? 1 : 2), 0);
    for (const locale of ['en', 'de']) {
      for (const text of ['電'.repeat(300), `call alice ${'電'.repeat(300)}`, '😀x'.repeat(200), `timezone ${'x'.repeat(300)}`, `remind me tomorrow ${'y '.repeat(200)}`]) assert.ok(weight(explain(text, locale)) <= 280, text);
    }
  });
});
