import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearsReference, referenceOf, withReference } from '../../../src/workers/render/reference.ts';

test('the reference of an event is always the same', () => {
  // Messages that were sent by an earlier release must be known again by a later one.
  assert.equal(referenceOf('missed-call:c1@a'), '7r4nc4ta');
});

test('ten thousand events have ten thousand references', () => {
  const references = new Set(Array.from({ length: 10_000 }, (_, index) => referenceOf(`missed-call:${index}`)));
  assert.equal(references.size, 10_000);
});

test('a message is known by its end, also when X has changed what stands before', () => {
  const sent = withReference('Missed call from "a & b" <x@y>', 'one');
  assert.ok(bearsReference(sent, 'one'));
  assert.ok(bearsReference(sent.replaceAll('&', '&amp;').replaceAll('<', '&lt;'), 'one'));
  assert.ok(bearsReference(`${sent}\n`, 'one'));
  assert.ok(!bearsReference(sent, 'two'));
});

test('a caller who has a reference in his name is not taken for that message', () => {
  const forged = withReference(`Missed call from "x · ref ${referenceOf('one')}"`, 'two');
  assert.ok(!bearsReference(forged, 'one'));
});
