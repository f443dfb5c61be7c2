/** Targets, numbers, zones, spans: the parts of commands. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Target } from '../../src/commands/command.ts';
import { readDaySpan } from '../../src/commands/day-span.ts';
import { languagesFor } from '../../src/commands/languages.ts';
import { findLanguage, findRegion } from '../../src/commands/locale.ts';
import { nearestWord } from '../../src/commands/nearest-word.ts';
import { readPhoneNumber } from '../../src/commands/phone-number.ts';
import { readTarget } from '../../src/commands/target.ts';
import { findZone, nearestZone } from '../../src/commands/zone.ts';

describe('phone numbers', () => {
  const e164 = (target: Target | undefined) => (target?.kind === 'number' ? target.e164 : target?.kind === 'digits' ? `digits ${target.digits}` : undefined);

  test('by the plan of the region, or with their prefix', () => {
    assert.equal(e164(readPhoneNumber('030 901820', 'DE')), '+4930901820');
    assert.equal(e164(readPhoneNumber('+49 (0) 30 90 18 20', 'US')), '+4930901820');
    assert.equal(e164(readPhoneNumber('0049-30-901820', undefined)), '+4930901820');
    assert.equal(e164(readPhoneNumber('(202) 555-0143', 'US')), '+12025550143');
    assert.equal(e164(readPhoneNumber('tel:+49-30-901820', undefined)), '+4930901820');
  });

  test('without a region a number needs its prefix', () => assert.equal(e164(readPhoneNumber('030 901820', undefined)), 'digits 030901820'));

  test('what no plan knows is digits: emergency codes, extensions, mistakes', () => {
    for (const [written, region, digits] of [['112', 'DE', '112'], ['911', 'US', '911'], ['+112', 'DE', '112'], ['1-1-2', 'DE', '112'], ['1001', 'DE', '1001'], ['*100#', 'DE', '*100#']] as const) {
      assert.equal(e164(readPhoneNumber(written, region)), `digits ${digits}`, written);
    }
  });

  test('the type says what it costs', () => {
    const type = (written: string) => {
      const target = readPhoneNumber(written, undefined);
      return target?.kind === 'number' ? `${target.country ?? 'none'} ${target.type}` : 'no number';
    };
    assert.equal(type('+49 30 901820'), 'DE ordinary');
    assert.equal(type('+49 900 1234567'), 'DE premium');
    assert.equal(type('+44 70 1234 5678'), 'GB premium');
    assert.equal(type('+49 180 2 123456'), 'DE shared-cost');
    assert.equal(type('+49 800 1234567'), 'DE toll-free');
    assert.equal(type('+979 1 2345 6789'), 'none premium');
    assert.equal(type('+800 1234 5678'), 'none toll-free');
  });

  test('more digits than anybody dials are nothing', () => assert.equal(readPhoneNumber('1'.repeat(33), 'DE'), undefined));
});

describe('whom to reach', () => {
  const read = (text: string) => readTarget(text, 'DE', ['me', 'tomorrow']);
  test('handles of X', () => {
    assert.deepEqual(read('@Alice_1'), { kind: 'handle', handle: 'Alice_1' });
    for (const text of ['@', '@sixteen_letters_', '@a-b', '@ä']) assert.equal(read(text), undefined, text);
  });

  test('SIP users as they are written, but no pronouns', () => {
    assert.deepEqual(read('Alice.Smith'), { kind: 'user', user: 'Alice.Smith' });
    for (const text of ['me', 'Tomorrow', 'al ice', '.alice', 'alice;x', 'a%0d%0ab', 'ä', 'a"b', 'x'.repeat(65)]) assert.equal(read(text), undefined, text);
  });

  test('SIP URIs of user, host, port and transport', () => {
    assert.deepEqual(read('SIP:Carol@Example.COM'), { kind: 'uri', uri: 'sip:Carol@example.com' });
    assert.deepEqual(read('sips:carol@[2001:db8::1]:5061'), { kind: 'uri', uri: 'sips:carol@[2001:db8::1]:5061' });
    assert.deepEqual(read('carol@example.com;transport=TCP'), { kind: 'uri', uri: 'sip:carol@example.com;transport=tcp' });
  });

  test('nothing that could add to a request: headers, escapes, other parameters, passwords', () => {
    for (const text of ['sip:a@b?Replaces=x', 'sip:a%0d%0a@b', 'sip:a@b;maddr=c', 'sip:a:pass@b', 'sip:a@b c', '<sip:a@b>', 'sip:a@b,sip:c@d', 'sip:@b', 'sip:a@', 'sip:a@-b', 'sip:a@b:0', 'sip:a@b:70000', `sip:a@${'b.'.repeat(200)}c`]) {
      assert.equal(read(text), undefined, text);
    }
  });
});

describe('time zones', () => {
  const languages = languagesFor('de');
  test('IANA names in any case, with blanks or underscores', () => {
    for (const name of ['America/New_York', 'america/new_york', 'AMERICA/NEW YORK']) assert.equal(findZone(name, languages), 'America/New_York');
    assert.equal(findZone('utc', languages), 'UTC');
  });
  test('cities, also those in lists of the languages', () => {
    for (const [name, zone] of [['berlin', 'Europe/Berlin'], ['New York', 'America/New_York'], ['São Paulo', 'America/Sao_Paulo'], ['Zürich', 'Europe/Zurich'], ['München', 'Europe/Berlin'], ['Wien', 'Europe/Vienna'], ['San Francisco', 'America/Los_Angeles']] as const) {
      assert.equal(findZone(name, languages), zone, name);
    }
  });
  test('every zone of this machine is found by its name', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) assert.equal(findZone(zone.toLowerCase(), languages), zone);
  });
  test('second names are zones too', () => {
    for (const name of ['Asia/Calcutta', 'Asia/Kolkata', 'Europe/Kiev', 'Europe/Kyiv', 'US/Pacific']) assert.notEqual(findZone(name, languages), undefined, name);
  });
  test('abbreviations and offsets are no zones: they have no daylight saving', () => {
    for (const name of ['PST', 'UTC+2', '+02:00', 'Atlantis', '', 'Europe/', '../etc/passwd']) assert.equal(findZone(name, languages), undefined, name);
  });
  test('the nearest one is what was meant', () => {
    assert.equal(nearestZone('berln'), 'Europe/Berlin');
    assert.equal(nearestZone('Amerika/New_York'), 'America/New_York');
    assert.equal(nearestZone('qqqqqqqq'), undefined);
  });
});

test('languages and countries by code or name, in every language', () => {
  for (const [name, code] of [['de', 'de'], ['DE-at', 'de-AT'], ['en_GB', 'en-GB'], ['German', 'de'], ['deutsch', 'de'], ['Englisch', 'en'], ['fr', undefined], ['', undefined]] as const) assert.equal(findLanguage(name), code, name);
  for (const [name, code] of [['de', 'DE'], ['uk', 'GB'], ['Germany', 'DE'], ['deutschland', 'DE'], ['Österreich', 'AT'], ['united states', 'US'], ['ZZ', undefined], ['', undefined]] as const) assert.equal(findRegion(name), code, name);
});

test('hours from one clock to another', () => {
  for (const text of ['22:00-07:00', '22-7', '10pm to 7am', 'von 22 bis 7 uhr', 'from 22:00 to 07:00', '22.00 – 7.00'.replace('–', '-'), '2200-0700', '22 7', '10 p.m. until 7 a.m.']) {
    assert.deepEqual(readDaySpan(text), { from: '22:00', to: '07:00' }, text);
  }
  assert.deepEqual(readDaySpan('12pm-12am'), { from: '12:00', to: '00:00' });
  for (const text of ['22:00', '25-7', '22:00-22:00', '13pm-2pm', '22:60-7', 'always', '']) assert.equal(readDaySpan(text), undefined, text);
});

test('the nearest word: a third of its letters wrong, swapped, missing or too many', () => {
  const known = ['call', 'cancel', 'timezone', 'an'];
  for (const [word, meant] of [['cal', 'call'], ['clal', 'call'], ['cancle', 'cancel'], ['timezoen', 'timezone'], ['call', undefined], ['xyz', undefined], ['a', undefined]] as const) assert.equal(nearestWord(word, known), meant, word);
});
