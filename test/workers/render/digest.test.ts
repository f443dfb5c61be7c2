import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestText } from '../../../src/workers/render/digest.ts';
import { withReference } from '../../../src/workers/render/reference.ts';

const READER = { locale: 'en', timeZone: 'Europe/Berlin' };
let ids = 0;

function call(counterparty: string | undefined, at: string) {
  const id = `missed-call:${(ids += 1)}`;
  return { id, kind: 'direct-message', counterparty, createdAt: new Date(at), content: withReference(`Missed call from ${counterparty}`, id) };
}

function message(text: string) {
  const id = `im:${(ids += 1)}`;
  return { id, kind: 'instant-message', counterparty: 'dave@example.com', createdAt: new Date(0), content: withReference(`From dave@example.com: ${text}`, id) };
}

test('calls by caller, who called most first, and messages as they are', () => {
  const members = [
    call('carol@example.com', '2026-11-22T22:15:00Z'),
    call('alice@example.com', '2026-11-23T01:00:00Z'),
    message('see you at nine'),
    call('alice@example.com', '2026-11-23T05:40:00Z'),
    call(undefined, '2026-11-23T05:41:00Z'),
  ];
  assert.equal(
    digestText(members, READER),
    [
      '4 missed calls from 3 callers, 1 message:',
      'alice@example.com: 2, last at 06:40 (Mon 23 Nov)',
      'carol@example.com: 1, at 23:15 (Sun 22 Nov)',
      'an anonymous caller: 1, at 06:41 (Mon 23 Nov)',
      'From dave@example.com: see you at nine',
    ].join('\n'),
  );
});

test('in German', () => {
  const members = [call('alice@example.com', '2026-11-23T05:40:00Z'), call('alice@example.com', '2026-11-23T05:45:00Z')];
  assert.equal(
    digestText(members, { ...READER, locale: 'de' }),
    '2 verpasste Anrufe von 1 Anrufer:\nalice@example.com: 2, zuletzt um 06:45 Uhr (Mo, 23.11.)',
  );
});

test('a single one is told as it would have been by itself', () => {
  assert.equal(digestText([message('hello')], READER), 'From dave@example.com: hello');
});

test('a storm of callers and of words stays readable and says what it leaves out', () => {
  const members = [
    ...Array.from({ length: 30 }, (_, index) => call(`caller${index}@example.com`, '2026-11-23T05:40:00Z')),
    ...Array.from({ length: 60 }, () => message('x'.repeat(9_000))),
  ];
  const text = digestText(members, READER);
  assert.ok(text.length < 10_000, String(text.length));
  assert.match(text, /^30 missed calls from 30 callers, 60 messages:\n/);
  assert.match(text, /\nand 20 more$/);
});
