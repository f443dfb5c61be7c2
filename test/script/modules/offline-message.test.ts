import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offlineMessage } from '../../../src/script/modules/offline-message.ts';
import type { StoredMessage } from '../../../src/script/ports.ts';

const STORED: StoredMessage = {
  id: 1,
  fromUri: 'sip:alice@example.com',
  toUri: 'sip:bob@example.com',
  contentType: 'text/plain',
  body: 'hello',
  receivedAtMs: Date.UTC(2026, 0, 5, 9, 8, 7),
};
const OPTIONS = { requestUri: 'sip:bob@proxy.test', callId: 'c-1', showsDate: true };

test('RFC 3261 §20.17: Date says when the message was received; a plain text says it too', () => {
  assert.deepEqual(offlineMessage(STORED, OPTIONS), {
    method: 'MESSAGE',
    requestUri: 'sip:bob@proxy.test',
    fromUri: 'sip:alice@example.com',
    toUri: 'sip:bob@example.com',
    headers: 'Date: Mon, 05 Jan 2026 09:08:07 GMT\r\nContent-Type: text/plain\r\n',
    body: '[Offline message - Mon Jan  5 09:08:07 2026 UTC] hello',
    callId: 'c-1',
    user: '',
    password: '',
    isHash: false,
  });
});

test('a plain text with parameters is one; other types and what script.messageDate turns off stay as they were', () => {
  const body = (contentType: string, showsDate = true) => offlineMessage({ ...STORED, contentType }, { ...OPTIONS, showsDate })?.body;
  assert.match(body('Text/Plain; charset=utf-8')!, /^\[Offline/);
  for (const type of ['text/html', 'message/imdn+xml', 'text/plainer', 'message/cpim']) assert.equal(body(type), 'hello', type);
  assert.equal(body('text/plain', false), 'hello');
});

test('a row that somebody else has written makes no header of its own', () => {
  assert.equal(offlineMessage({ ...STORED, contentType: 'text/plain\r\nX: y' }, OPTIONS), undefined);
  assert.equal(offlineMessage({ ...STORED, contentType: '' }, OPTIONS), undefined);
  assert.equal(offlineMessage({ ...STORED, fromUri: 'sip:a@b\r\nX: y' }, OPTIONS), undefined);
  assert.equal(offlineMessage({ ...STORED, toUri: '' }, OPTIONS), undefined);
});
