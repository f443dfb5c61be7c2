import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sipweetRows } from '../../../src/script/ksr/sipweet.ts';
import { moduleStage } from '../modules/module-stage.ts';
import { callable } from '../route-fixture.ts';

const sipweet = callable(sipweetRows);

test('own_uri is the address of a user; what may not stand in it is escaped', () => {
  const route = moduleStage().route();
  assert.equal(sipweet(route, 'own_uri', 'alice'), 'sip:alice@proxy.test');
  assert.equal(sipweet(route, 'own_uri', 'a b@x\r\n'), 'sip:a%20b%40x%0D%0A@proxy.test');
});

test('number_uri is a telephone number at the trunk', () => {
  const route = moduleStage({ gateway: 'trunk.test:5070' }).route();
  assert.equal(sipweet(route, 'number_uri', '+4930901820'), 'sip:+4930901820@trunk.test:5070');
});

test('number_uri is "" without a trunk, and for what is no number', () => {
  assert.equal(sipweet(moduleStage().route(), 'number_uri', '+4930901820'), '');
  const route = moduleStage({ gateway: 'trunk.test' }).route();
  for (const text of ['112', '+49 30', '+49@evil', '+', '', '+1234567890123456']) assert.equal(sipweet(route, 'number_uri', text), '', text);
});
