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

test('dialog_key is the same for all requests of a dialog, another for another dialog, and fit for a URI parameter', () => {
  const here = moduleStage();
  const [first, again] = [here.route(), here.route()];
  const key = sipweet(first, 'dialog_key');
  assert.match(String(key), /^[\w-]{12}$/);
  assert.equal(sipweet(again, 'dialog_key'), key);
  assert.notEqual(here.modules.dialogKeys.of('another'), here.modules.dialogKeys.of(first.callId));
  assert.notEqual(sipweet(moduleStage().route(), 'dialog_key'), key, 'each process has a secret of its own');
});

test('is_own_dialog: the key stands in our own Route, whole and by its name', () => {
  const route = moduleStage().route();
  const key = String(sipweet(route, 'dialog_key'));
  assert.equal(sipweet(route, 'is_own_dialog'), false, 'loose_route has found no Route of ours');
  for (const [params, expected] of [[`;lr;dk=${key}`, true], [`;dk=${key};ftag=1`, true], [';lr', false], [`;dk=${key}x`, false], [`;xdk=${key}`, false], [`;dk=${key.slice(0, -1)}`, false]] as const) {
    route.routeParams = params;
    assert.equal(sipweet(route, 'is_own_dialog'), expected, params);
  }
});
