import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { languagesFor } from '../../src/commands/languages.ts';
import { readWhen, type WhenReading } from '../../src/commands/when.ts';
import { at, NOW } from './context.ts';

interface Moment {
  readonly now?: string;
  readonly zone?: string;
  readonly locale?: string;
  readonly dayFirst?: boolean | undefined;
}

function read(text: string, moment: Moment = {}): WhenReading {
  const { now, zone = 'Europe/Berlin', locale = 'en', dayFirst } = { dayFirst: true, ...moment };
  return readWhen(text, { nowMs: now === undefined ? NOW : at(now), zone, dayFirst, bareIsMorning: false, languages: languagesFor(locale) });
}

/** The wall-clock time, the instant when it was counted, or the problem. */
function short(text: string, moment: Moment = {}): string {
  const reading = read(text, moment);
  if (!reading.ok) return reading.problem;
  return reading.when.kind === 'elapsed' ? new Date(reading.when.atMs).toISOString() : reading.when.wall;
}

describe('an hour without am or pm', () => {
  const cases: readonly [rule: string, text: string, now: string, expected: string][] = [
    ['is the next time that a clock with hands shows it', 'at 7', '2026-06-01T10:00+02:00', '2026-06-01T19:00'],
    ['… in the morning when it is evening', 'at 7', '2026-06-01T20:00+02:00', '2026-06-02T07:00'],
    ['… today when it is early', 'at 7', '2026-06-01T06:00+02:00', '2026-06-01T07:00'],
    ['… not the moment that it is', 'at 7', '2026-06-01T07:00+02:00', '2026-06-01T19:00'],
    ['with minutes too', 'at 3:30', '2026-06-01T14:00+02:00', '2026-06-01T15:30'],
    ['12 is noon', 'at 12', '2026-06-01T13:00+02:00', '2026-06-02T12:00'],
    ['a zero in front is the 24-hour clock', 'at 07:00', '2026-06-01T10:00+02:00', '2026-06-02T07:00'],
    ['so is 19', 'at 19', '2026-06-01T20:00+02:00', '2026-06-02T19:00'],
    ['today, as long as it is today', 'today at 7', '2026-06-01T10:00+02:00', '2026-06-01T19:00'],
    ['today, past both', 'today at 7', '2026-06-01T20:00+02:00', 'time-past'],
    ['on another day it is in daytime', 'tomorrow at 5', '2026-06-01T10:00+02:00', '2026-06-02T17:00'],
    ['… from seven on', 'tomorrow at 7', '2026-06-01T10:00+02:00', '2026-06-02T07:00'],
    ['again and again as well', 'every day at 5', '2026-06-01T10:00+02:00', '2026-06-01T17:00'],
    ['unless a half of the day is named', 'tomorrow morning at 5', '2026-06-01T10:00+02:00', '2026-06-02T05:00'],
    ['… behind it', 'at 8 in the evening', '2026-06-01T06:00+02:00', '2026-06-01T20:00'],
    ['… or am', 'tomorrow 5am', '2026-06-01T10:00+02:00', '2026-06-02T05:00'],
    ['tonight at 1 is after midnight', 'tonight at 1', '2026-06-01T10:00+02:00', '2026-06-02T01:00'],
    ['a contradiction is nothing', 'tomorrow morning at 19:00', '2026-06-01T10:00+02:00', 'time-invalid'],
  ];
  for (const [rule, text, now, expected] of cases) test(`${rule}: "${text}" at ${now.slice(11, 16)}`, () => assert.equal(short(text, { now }), expected));

  test('in German it stands as written once a day is named', () => {
    assert.equal(short('morgen um 5', { locale: 'de' }), '2026-11-28T05:00');
    assert.equal(short('jeden tag um 6 uhr', { locale: 'de' }), '2026-11-28T06:00');
    assert.equal(short('um 7', { locale: 'de' }), '2026-11-27T19:00');
  });
});

describe('clocks that chrono does not know', () => {
  for (const [text, wall] of [
    ['1730', '17:30'], ['at 1730', '17:30'], ['17.30', '17:30'], ['17h30', '17:30'], ['half past six', '18:30'], ['half six', '18:30'], ['quarter to one pm', '12:45'],
    ['quarter past 6', '18:15'], ['ten to 7', '18:50'], ['20 minutes past 11', '11:20'], ['noon', '12:00'], ['seven thirty', '19:30'], ["at seven o'clock", '19:00'],
  ] as const) test(text, () => assert.equal(short(text), `2026-11-27T${wall}`));

  for (const [text, wall] of [
    ['halb sieben', '18:30'], ['viertel nach sieben', '19:15'], ['viertel vor sieben', '18:45'], ['dreiviertel sieben', '18:45'], ['viertel sieben', '18:15'], ['zehn vor acht', '19:50'],
    ['fünf vor halb neun', '20:25'], ['fünf nach halb neun', '20:35'], ['17.30 uhr', '17:30'], ['19 uhr 5', 'time-invalid'], ['9 uhr 30', '21:30'], ['mittags', '12:00'], ['1730', '17:30'],
  ] as const) test(text, () => assert.equal(short(text, { locale: 'de' }), wall.startsWith('time') ? wall : `2026-11-27T${wall}`));

  test('midnight is the end of the day that is named', () => {
    assert.equal(short('midnight'), '2026-11-28T00:00');
    assert.equal(short('today at midnight'), '2026-11-28T00:00');
    assert.equal(short('friday at midnight', { now: '2026-11-26T10:00+01:00' }), '2026-11-28T00:00');
    assert.equal(short('um 24 uhr', { locale: 'de' }), '2026-11-28T00:00');
  });
});

describe('days', () => {
  test('a date without a time is a question', () => {
    for (const text of ['tomorrow', 'on friday', 'next monday', '5 june', 'tonight', 'tomorrow morning', 'every day', 'next week']) assert.equal(short(text), 'time-ambiguous', text);
    for (const text of ['morgen', 'am freitag', 'jeden tag', 'morgen früh']) assert.equal(short(text, { locale: 'de' }), 'time-ambiguous', text);
  });

  test('from one time to another is a question', () => assert.equal(short('from 9 to 10'), 'time-ambiguous'));

  test('what is over is over', () => {
    for (const text of ['yesterday at 9', 'today at 9am', '2020-01-01 10:00', '3 hours ago']) assert.equal(short(text), 'time-past', text);
  });

  test('more than five years ahead is a mistake', () => assert.equal(short('2039-01-01 10:00'), 'time-invalid'));

  test('words that are no time are not left out', () => {
    for (const text of ['at 9 or 10', 'tomorrow at 9 with bob', 'tomorrow at 25:00', '31 feb at 9', 'soon', 'at 9 at 10']) assert.equal(short(text), 'time-invalid', text);
  });

  test('a day of the week is the next one, today included while its hour is ahead', () => {
    assert.equal(short('friday at 5'), '2026-11-27T17:00');
    assert.equal(short('friday at 9'), '2026-12-04T09:00');
    assert.equal(short('next friday at 17:00'), '2026-12-04T17:00');
    assert.equal(short('monday at 9'), '2026-11-30T09:00');
  });

  test('today by its date is today', () => {
    assert.equal(short('27 november at 17:00'), '2026-11-27T17:00');
    assert.equal(short('27 november at 9am'), 'time-past');
  });

  test('5/6 depends on the country, and is a question where nobody knows it', () => {
    assert.equal(short('5/6 at 15:00', { dayFirst: true }), '2027-06-05T15:00');
    assert.equal(short('5/6 at 15:00', { dayFirst: false }), '2027-05-06T15:00');
    assert.equal(short('5/6 at 15:00', { dayFirst: undefined }), 'time-ambiguous');
    assert.equal(short('5/5 at 15:00', { dayFirst: undefined }), '2027-05-05T15:00');
    assert.equal(short('am 5.6. um 15 uhr', { locale: 'de', dayFirst: undefined }), '2027-06-05T15:00');
  });

  test('half an hour past midnight, tomorrow is the next date', () => assert.equal(short('tomorrow 8am', { now: '2026-06-02T00:30+02:00' }), '2026-06-03T08:00'));
});

describe('changes of the clocks, New York 2026', () => {
  const zone = 'America/New_York';
  const when = (text: string, now: string) => {
    const reading = read(text, { zone, now });
    assert.ok(reading.ok, text);
    return { ...reading.when, at: new Date(reading.when.atMs).toISOString() };
  };

  test('a wall-clock time stays one over the change', () => {
    assert.equal(when('at 17:30 tomorrow', '2026-03-07T16:00-05:00').at, '2026-03-08T21:30:00.000Z');
    assert.equal(when('tomorrow at 9', '2026-10-31T20:00-04:00').at, '2026-11-01T14:00:00.000Z');
    assert.equal(when('in 1 day', '2026-10-31T20:00-04:00').at, '2026-11-02T01:00:00.000Z');
  });

  test('hours and minutes from now pass as they pass', () => {
    assert.equal(when('in 12 hours', '2026-10-31T20:00-04:00').at, '2026-11-01T12:00:00.000Z');
    assert.equal(when('in 90 minutes', '2026-11-01T00:30-04:00').at, '2026-11-01T06:00:00.000Z');
    assert.equal(when('in 20 minutes', '2026-11-01T00:30-04:00').kind, 'elapsed');
  });

  test('a time that does not exist is moved behind the gap, and says so; its wall-clock time is kept', () => {
    const { at: instant, ...found } = when('tomorrow at 2:30am', '2026-03-07T20:00-05:00');
    assert.equal(instant, '2026-03-08T07:30:00.000Z');
    assert.deepEqual({ kind: found.kind, shift: 'shift' in found && found.shift, wall: 'wall' in found && found.wall }, { kind: 'wall', shift: 'gap', wall: '2026-03-08T02:30' });
  });

  test('of a time that comes twice the first is taken, and it says so', () => {
    const { at: instant, ...found } = when('tomorrow at 1:30am', '2026-10-31T20:00-04:00');
    assert.equal(instant, '2026-11-01T05:30:00.000Z');
    assert.equal('shift' in found && found.shift, 'overlap');
  });

  test('the first of the two is over: the time is past', () => assert.equal(short('today at 1:30am', { zone, now: '2026-11-01T01:45-04:00' }), 'time-past'));
});

describe('zones in the text', () => {
  test('an IANA name in any case: the clock of that zone', () => {
    for (const text of ['tomorrow 5pm America/New_York', 'tomorrow 5pm (america/new_york)', 'tomorrow at 17:00 america/new_york', 'tomorrow 5pm new york time']) {
      const reading = read(text);
      assert.ok(reading.ok && reading.when.kind === 'wall', text);
      assert.deepEqual([reading.when.zone, reading.when.wall, reading.when.atMs], ['America/New_York', '2026-11-28T17:00', at('2026-11-28T17:00-05:00')]);
    }
  });

  test('in German too', () => {
    const reading = read('morgen um 17 uhr Londoner Zeit', { locale: 'de' });
    assert.deepEqual(reading.ok && reading.when, { kind: 'wall', wall: '2026-11-28T17:00', zone: 'Europe/London', atMs: at('2026-11-28T17:00Z') });
  });

  test('UTC is a zone', () => {
    const reading = read('at 17:30 UTC');
    assert.deepEqual(reading.ok && reading.when, { kind: 'wall', wall: '2026-11-27T17:30', zone: 'UTC', atMs: at('2026-11-27T17:30Z') });
  });

  test('an offset or an abbreviation of one is an instant', () => {
    assert.equal(short('tomorrow 5pm PST'), '2026-11-29T01:00:00.000Z');
    assert.equal(short('tomorrow at 17:30 +02:00'), '2026-11-28T15:30:00.000Z');
  });

  test('without a day it is the next such time over there, whatever day it is here', () => {
    // In Tokyo it is the 28th already, 08:00; in UTC the 27th, 23:00.
    assert.equal(short('at 00:30 +00:00', { zone: 'Asia/Tokyo', now: '2026-11-28T08:00+09:00' }), '2026-11-28T00:30:00.000Z');
    // In New York it is 15:00; 17:30 UTC was at 12:30.
    assert.equal(short('at 17:30 +00:00', { zone: 'America/New_York', now: '2026-11-27T15:00-05:00' }), '2026-11-28T17:30:00.000Z');
  });

  test('an unknown zone of the author is an invalid time, not an exception', () => assert.equal(short('at 9', { zone: 'Nowhere/At_All' }), 'time-invalid'));
});

test('spans in digits, in words, of several parts', () => {
  const minutes = (text: string, locale = 'en') => {
    const reading = read(text, { locale });
    assert.ok(reading.ok && reading.when.kind === 'elapsed', text);
    return (reading.when.atMs - NOW) / 60_000;
  };
  for (const [text, expected] of [
    ['in 20 minutes', 20], ['in ten minutes', 10], ['in an hour', 60], ['in 1h 30m', 90], ['in 2 hours and 15 minutes', 135], ['in 1.5 hours', 90], ['in half an hour', 30], ['half an hour', 30],
    ['in an hour and a half', 90], ['10 minutes from now', 10], ['5 min later', 5], ['in 90 seconds', 1.5], ['in 1 day 2 hours', 1560],
  ] as const) assert.equal(minutes(text), expected, text);
  for (const [text, expected] of [['in 20 minuten', 20], ['in einer stunde', 60], ['in zehn minuten', 10], ['in einer halben stunde', 30], ['in 1,5 stunden', 90], ['in anderthalb stunden', 90], ['in 2 h', 120]] as const) {
    assert.equal(minutes(text, 'de'), expected, text);
  }
  assert.equal(short('in a few minutes'), 'time-ambiguous');
});

test('a date without its year is the next such date', () => {
  assert.equal(short('31 december at 17:00'), '2026-12-31T17:00');
  assert.equal(short('1 january at 17:00'), '2027-01-01T17:00');
  assert.equal(short('29 february at 17:00', { now: '2028-01-10T10:00+01:00' }), '2028-02-29T17:00');
  assert.equal(short('29 february at 17:00', { now: '2028-03-10T10:00+01:00' }), '2032-02-29T17:00');
  assert.equal(short('in june at 17:00'), 'time-ambiguous');
});

test('abbreviations that are meant in every season are zones', () => {
  assert.equal(short('tomorrow 5pm ET'), '2026-11-28T17:00');
  const summer = read('tomorrow 5pm ET', { now: '2026-07-01T10:00+02:00' });
  assert.equal(summer.ok && summer.when.atMs, at('2026-07-02T17:00-04:00'));
});
