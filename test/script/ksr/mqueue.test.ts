import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { mqueueRows } from '../../../src/script/ksr/mqueue.ts';
import { callable } from '../route-fixture.ts';
import { moduleStage } from '../modules/module-stage.ts';

const mq = callable(mqueueRows);
const item = (route: Parameters<typeof mq>[0], queue: string) => [mq(route, 'mqk_get', queue), mq(route, 'mqv_get', queue)];

describe('a queue to the workers', () => {
  test('mq_add gives 1 when the spool has the event, and mq_size what is pending', () => {
    const here = moduleStage();
    const route = here.route();
    assert.equal(mq(route, 'mq_add', 'missed-call', 'id-1', '{"v":1}'), 1);
    assert.deepEqual(here.outbox.events, [['missed-call', 'id-1', '{"v":1}']]);
    assert.equal(mq(route, 'mq_size', 'missed-call'), 1);
  });

  test('mq_add gives -1, an error line and a count when the spool refuses', () => {
    const here = moduleStage();
    here.outbox.full = true;
    assert.equal(mq(here.route(), 'mq_add', 'missed-call', 'id-1', 'v'), -1);
    assert.equal(here.modules.counters.eventsRefused.value, 1);
    assert.deepEqual(here.logger.errors, ['mqueue: an item was not taken']);
  });

  test('texts leave as UTF-8 text, although a script has bytes', () => {
    const here = moduleStage();
    const bytes = Buffer.from('Jürgen 🎺', 'utf8').toString('latin1');
    mq(here.route(), 'mq_add', 'missed-call', bytes, bytes);
    assert.deepEqual(here.outbox.events, [['missed-call', 'Jürgen 🎺', 'Jürgen 🎺']]);
  });

  test('mq_fetch gives -1 with an error line: its items are not here', () => {
    const here = moduleStage();
    assert.equal(mq(here.route(), 'mq_fetch', 'missed-call'), -1);
    assert.match(here.logger.errors[0]!, /go to the workers/);
  });
});

describe('a queue from the workers', () => {
  test('mq_fetch gives 1 and the item, as bytes, then -2, which clears it', () => {
    const here = moduleStage();
    here.inboxes.items.push({ key: 'job-1', value: 'ü' });
    const route = here.route();
    assert.equal(mq(route, 'mq_size', 'results'), 1);
    assert.equal(mq(route, 'mq_fetch', 'results'), 1);
    assert.deepEqual(item(route, 'results'), ['job-1', 'Ã¼']);
    assert.equal(mq(route, 'mq_fetch', 'results'), -2);
    assert.deepEqual(item(route, 'results'), [null, null]);
  });

  test('the fetched item belongs to the run that fetched it', () => {
    const here = moduleStage();
    here.inboxes.items.push({ key: 'one', value: '1' }, { key: 'two', value: '2' });
    const [first, second] = [here.route(), here.route()];
    mq(first, 'mq_fetch', 'results');
    mq(second, 'mq_fetch', 'results');
    assert.deepEqual([item(first, 'results'), item(second, 'results')], [['one', '1'], ['two', '2']]);
  });

  test('mq_add gives -1: only workers put something in', () => {
    const here = moduleStage();
    assert.equal(mq(here.route(), 'mq_add', 'results', 'k', 'v'), -1);
  });
});

describe('a local queue', () => {
  test('is first in, first out', () => {
    const route = moduleStage().route();
    for (const key of ['a', 'b']) mq(route, 'mq_add', 'here', key, `v${key}`);
    const seen: unknown[] = [];
    while (mq(route, 'mq_fetch', 'here') === 1) seen.push(item(route, 'here'));
    assert.deepEqual(seen, [['a', 'va'], ['b', 'vb']]);
  });

  test('drops its oldest item when it is full, and mq_add still gives 1', () => {
    const route = moduleStage().route();
    assert.deepEqual(['a', 'b', 'c', 'd', 'e'].map((key) => mq(route, 'mq_add', 'here', key, '')), [1, 1, 1, 1, 1]);
    assert.equal(mq(route, 'mq_size', 'here'), 3);
    mq(route, 'mq_fetch', 'here');
    assert.equal(mq(route, 'mqk_get', 'here'), 'c');
  });
});

test('an unknown queue gives -1 to mq_add, mq_fetch and mq_size', () => {
  const here = moduleStage();
  const route = here.route();
  assert.deepEqual([mq(route, 'mq_add', 'nowhere', 'k', 'v'), mq(route, 'mq_fetch', 'nowhere'), mq(route, 'mq_size', 'nowhere')], [-1, -1, -1]);
  assert.match(here.logger.errors[0]!, /no queue of that name/);
});

test('mq_pv_free gives 1 always and forgets the item; mqk_gete and mqv_getw then give nil, not a text', () => {
  const route = moduleStage().route();
  mq(route, 'mq_add', 'here', 'k', 'v');
  mq(route, 'mq_fetch', 'here');
  assert.deepEqual([mq(route, 'mq_pv_free', 'here'), mq(route, 'mq_pv_free', 'nowhere')], [1, 1]);
  assert.deepEqual(['mqk_get', 'mqk_gete', 'mqk_getw', 'mqv_get', 'mqv_gete', 'mqv_getw'].map((name) => mq(route, name, 'here')), [null, null, null, null, null, null]);
});

test('mqk_get is nil for an empty key, mqv_get "" for an empty value', () => {
  const route = moduleStage().route();
  mq(route, 'mq_add', 'here', '', '');
  mq(route, 'mq_fetch', 'here');
  assert.deepEqual(item(route, 'here'), [null, '']);
});
