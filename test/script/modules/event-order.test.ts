import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventOrder } from '../../../src/script/modules/event-order.ts';

test('an event waits until the callback of the one before has ended', () => {
  const started: { readonly event: string; readonly whenDone: () => void }[] = [];
  const order = new EventOrder((event, whenDone) => void started.push({ event, whenDone }));
  for (const event of ['a', 'b', 'c']) order.add(event);
  const events = () => started.map(({ event }) => event);
  assert.deepEqual(events(), ['a']);
  started[0]!.whenDone();
  assert.deepEqual(events(), ['a', 'b']);
  started[1]!.whenDone();
  started[2]!.whenDone();
  order.add('d');
  assert.deepEqual(events(), ['a', 'b', 'c', 'd']);
});

test('a callback that ends at once is followed at once', () => {
  const events: string[] = [];
  const order = new EventOrder((event, whenDone) => {
    events.push(event);
    whenDone();
  });
  for (const event of ['a', 'b']) order.add(event);
  assert.deepEqual(events, ['a', 'b']);
});
