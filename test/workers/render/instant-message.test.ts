import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantMessageText } from '../../../src/workers/render/instant-message.ts';

const EVENT = {
  v: 1 as const,
  eventId: 'im:1',
  sender: 'alice@example.com',
  recipient: 'bob',
  text: 'see you at nine',
  at: Date.UTC(2026, 10, 22),
  callId: 'c1@a',
};

test('who wrote and what, in the language of the reader', () => {
  assert.match(instantMessageText(EVENT, { locale: 'en' }), /^From alice@example\.com: see you at nine · ref [0-9a-z]{8}$/);
  assert.match(instantMessageText({ ...EVENT, senderName: 'Alice' }, { locale: 'de' }), /^Von "Alice" <alice@example\.com>: see you/);
});

test('control characters, line ends and reversed writing cannot make it say something else', () => {
  const text = instantMessageText({ ...EVENT, text: 'hi\r\nFrom boss@example.com: you are fired\u0000\u001b[31m\u202e' }, { locale: 'en' });
  assert.match(text, /^From alice@example\.com: hi From boss@example\.com: you are fired \[31m · ref /);
});

test('a name that ends its quotes and brackets does not', () => {
  const text = instantMessageText({ ...EVENT, senderName: 'X" <boss@example.com>: pay' }, { locale: 'en' });
  assert.match(text, /^From "X' boss@example\. com: pay" <alice@example\.com>: see/);
});

test('the longest text leaves room for the reference', () => {
  const text = instantMessageText({ ...EVENT, text: 'ü'.repeat(16_000) }, { locale: 'en' });
  assert.ok(text.length < 10_000);
  assert.match(text, /ü… · ref [0-9a-z]{8}$/);
});
