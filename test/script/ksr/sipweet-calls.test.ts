import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialogRows } from '../../../src/script/ksr/dialog.ts';
import { sipweetRows } from '../../../src/script/ksr/sipweet.ts';
import { moduleStage } from '../modules/module-stage.ts';
import { callable } from '../route-fixture.ts';

const sipweet = callable(sipweetRows);
const dialog = callable(dialogRows);
const [ALICE, BOB] = ['sip:alice@example.com', 'sip:bob@example.com'];

/** A node whose script has the function `on_call`. */
function stageWithCallback() {
  const here = moduleStage();
  const route = here.route();
  Object.assign(route.runner, { engine: { ...route.runner.engine, has: (name: string) => name === 'on_call' } });
  return { here, route };
}

describe('KSR.sipweet.call', () => {
  test('what the options do not say comes from the configuration', () => {
    const here = moduleStage();
    assert.equal(sipweet(here.route(), 'call', ALICE, BOB, ''), 1);
    const { id, ...plan } = here.calls.begun[0]!.plan;
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.deepEqual(plan, { from: ALICE, to: BOB, fromName: '', toName: '', flow: 'auto', ringMs: 45_000, maxDurationMs: 3_600_000 });
  });

  test('the options say the rest; texts are bytes in the script and ordinary text behind it', () => {
    const { here, route } = stageWithCallback();
    const options = { id: 'c1', fromName: 'Jürgen', toName: 'Bob', flow: 'i', ringMs: 20_000, maxDurationMs: 60_000, onEvent: 'on_call' };
    assert.equal(sipweet(route, 'call', ALICE, BOB, Buffer.from(JSON.stringify(options)).toString('latin1')), 1);
    const { onEvent: _, ...plan } = options;
    assert.deepEqual(here.calls.begun[0]!.plan, { ...plan, from: ALICE, to: BOB });
  });

  test('each step is given to the function of the script as JSON, one when the last has ended', () => {
    const { here, route } = stageWithCallback();
    sipweet(route, 'call', ALICE, BOB, '{"id":"c1","onEvent":"on_call"}');
    const { onProgress } = here.calls.begun[0]!;
    onProgress({ id: 'c1', event: 'ringing', party: 'caller', atMs: 1_767_225_600_000.5 });
    onProgress({ id: 'c1', event: 'failed', party: 'callee', cause: 'busy', status: 486, atMs: 1_767_225_600_100 });
    assert.deepEqual(here.events.map(({ callback, event }) => [callback, event]), [['on_call', '{"id":"c1","event":"ringing","party":"caller","at":1767225600000}']]);
    here.events[0]!.whenDone();
    assert.equal(here.events[1]!.event, '{"id":"c1","event":"failed","party":"callee","cause":"busy","status":486,"at":1767225600100}');
  });

  test('without onEvent nothing is called', () => {
    const here = moduleStage();
    sipweet(here.route(), 'call', ALICE, BOB, '{}');
    here.calls.begun[0]!.onProgress({ id: 'x', event: 'ended', atMs: 0 });
    assert.deepEqual(here.events, []);
  });

  for (const [what, options] of [
    ['no JSON', '{'],
    ['a list', '[]'],
    ['an option that is not known', '{"ring":1}'],
    ['an id that is no text', '{"id":5}'],
    ['a flow that is none', '{"flow":"v"}'],
    ['a time that is none', '{"ringMs":"45000"}'],
    ['a time beyond its bound', '{"ringMs":180001}'],
    ['a duration of nothing', '{"maxDurationMs":0}'],
    ['a function that the script does not have', '{"onEvent":"nowhere"}'],
  ] as const) {
    test(`${what}: -1, a line in the log, and no call`, () => {
      const here = moduleStage();
      assert.equal(sipweet(here.route(), 'call', ALICE, BOB, options), -1);
      assert.deepEqual([here.calls.begun.length, here.logger.errors.length], [0, 1]);
    });
  }

  test('null is as good as missing, as json_build_object of PostgreSQL writes it', () => {
    const here = moduleStage();
    assert.equal(sipweet(here.route(), 'call', ALICE, BOB, '{"flow":null,"ringMs":null}'), 1);
    assert.equal(here.calls.begun[0]!.plan.flow, 'auto');
  });

  test('a call that cannot be begun is -1', () => {
    const here = moduleStage();
    here.calls.full = true;
    assert.equal(sipweet(here.route(), 'call', ALICE, BOB, ''), -1);
  });
});

test('cancel_call, active_calls and node', () => {
  const here = moduleStage();
  sipweet(here.route(), 'call', ALICE, BOB, '{"id":"c1"}');
  assert.deepEqual(['c1', 'c2'].map((id) => sipweet(here.route(), 'cancel_call', id)), [1, -1]);
  assert.deepEqual(here.calls.cancelled, ['c1', 'c2']);
  assert.deepEqual([sipweet(here.route(), 'active_calls'), sipweet(here.route(), 'node')], [1, 'node-1']);
});

test('is_own asks where the message came from', () => {
  const here = moduleStage();
  here.requests.ownPort = 40_000;
  const from = (port: number) => sipweet(here.route(undefined, { source: { port } }), 'is_own');
  assert.deepEqual([from(40_000), from(40_001)], [true, false]);
});

describe('KSR.dialog.dlg_bridge', () => {
  test('From is the controller, the flow is REFER, and nothing is told', () => {
    const here = moduleStage();
    assert.equal(dialog(here.route(), 'dlg_bridge', ALICE, BOB, '_none_'), 1);
    const { id: _, ...plan } = here.calls.begun[0]!.plan;
    assert.deepEqual(plan, { from: ALICE, fromName: '', to: BOB, toName: '', shownUri: 'sip:controller@kamailio.org', flow: 'refer', ringMs: 45_000, maxDurationMs: 3_600_000 });
  });

  test('nobody to bridge to, an outbound proxy, or no room: -1', () => {
    const here = moduleStage();
    assert.equal(dialog(here.route(), 'dlg_bridge', ALICE, '', ''), -1);
    assert.equal(dialog(here.route(), 'dlg_bridge', ALICE, BOB, 'sip:192.0.2.1'), -1);
    here.calls.full = true;
    assert.equal(dialog(here.route(), 'dlg_bridge', ALICE, BOB, ''), -1);
    assert.equal(here.calls.begun.length, 0);
  });
});
