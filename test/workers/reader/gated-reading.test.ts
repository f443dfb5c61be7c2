import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatedReading } from '../../../src/workers/reader/gated-reading.ts';
import type { XGate } from '../../../src/workers/gate/x-gate.ts';
import type { XReading } from '../../../src/x/port.ts';

function setUp(held: Awaited<ReturnType<XGate['held']>>) {
  const asked: string[] = [];
  const x: XReading = {
    me: async () => (asked.push('me'), { id: '1', username: 'sipweet', name: 'sipweet' }),
    mentions: async () => (asked.push('mentions'), { posts: [], nextToken: undefined }),
    directMessages: async () => (asked.push('messages'), { messages: [], span: undefined, nextToken: undefined }),
  };
  return { asked, reading: new GatedReading(x, { held: async () => held }) };
}

test('an open gate lets every look through', async () => {
  const { asked, reading } = setUp(undefined);
  await reading.me();
  await reading.mentions({ userId: '1' });
  await reading.directMessages({});
  assert.deepEqual(asked, ['me', 'mentions', 'messages']);
});

test('a closed gate: X is not asked, and the reader is told when to come again and why', async () => {
  const { asked, reading } = setUp({ untilMs: 1_800_000_000_000, reason: 'an operator has switched X off' });
  const refusal = { class: 'rate-limited', retryAtMs: 1_800_000_000_000, message: 'an operator has switched X off' };
  await assert.rejects(reading.mentions({ userId: '1' }), refusal);
  await assert.rejects(reading.directMessages({}), refusal);
  assert.deepEqual(asked, []);
});
