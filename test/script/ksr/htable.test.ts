import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { htableRows } from '../../../src/script/ksr/htable.ts';
import { callable } from '../route-fixture.ts';
import { moduleStage } from '../modules/module-stage.ts';

const sht = callable(htableRows);

function start() {
  const here = moduleStage();
  return { ...here, route: here.route(), newRoute: () => here.route() };
}

describe('sht_get, sht_gete, sht_getw', () => {
  test('give what was set, text as text and numbers as numbers', () => {
    const { route } = start();
    assert.equal(sht(route, 'sht_sets', 'plain', 'a', 'text'), 1);
    assert.equal(sht(route, 'sht_seti', 'plain', 'b', 7), 1);
    assert.deepEqual([sht(route, 'sht_get', 'plain', 'a'), sht(route, 'sht_gete', 'plain', 'b')], ['text', 7]);
  });

  test('give nil, "" and "<null>" for a missing key and for an unknown table', () => {
    const { route, logger } = start();
    for (const table of ['plain', 'nowhere']) {
      const values = ['sht_get', 'sht_gete', 'sht_getw'].map((name) => sht(route, name, table, 'x'));
      assert.deepEqual(values, [null, '', '<null>']);
    }
    assert.match(logger.errors[0]!, /no table of that name/);
  });

  test('give the initial value of the table for a missing key', () => {
    const { route } = start();
    assert.equal(sht(route, 'sht_gete', 'counts', 'x'), 0);
  });
});

describe('setting', () => {
  test('of an unknown table gives -1', () => {
    const { route } = start();
    assert.deepEqual([sht(route, 'sht_sets', 'nowhere', 'a', 'b'), sht(route, 'sht_seti', 'nowhere', 'a', 1)], [-1, -1]);
  });

  test('a new key of a full table gives -1 and is counted; known keys are still changed', () => {
    const { route, modules } = start();
    for (const key of ['a', 'b', 'c']) sht(route, 'sht_seti', 'ipban', key, 1);
    assert.equal(sht(route, 'sht_seti', 'ipban', 'd', 1), -1);
    assert.equal(sht(route, 'sht_seti', 'ipban', 'a', 2), 1);
    assert.equal(modules.counters.tableFull.value, 1);
  });

  test('sht_setxs and sht_setxi let the entry go after their own seconds', () => {
    const { route, clock } = start();
    sht(route, 'sht_setxs', 'ipban', 'a', 'x', 10);
    sht(route, 'sht_setxi', 'plain', 'b', 1, 20);
    clock.advance(9_999);
    assert.equal(sht(route, 'sht_get', 'ipban', 'a'), 'x');
    clock.advance(1);
    assert.deepEqual([sht(route, 'sht_get', 'ipban', 'a'), sht(route, 'sht_get', 'plain', 'b')], [null, 1]);
    clock.advance(10_000);
    assert.equal(sht(route, 'sht_get', 'plain', 'b'), null);
  });

  test('sht_setex moves the end of an entry, and gives 1 for a missing key too', () => {
    const { route, clock } = start();
    sht(route, 'sht_seti', 'ipban', 'a', 1);
    assert.deepEqual([sht(route, 'sht_setex', 'ipban', 'a', 5), sht(route, 'sht_setex', 'ipban', 'none', 5), sht(route, 'sht_setex', 'nowhere', 'a', 5)], [1, 1, -1]);
    clock.advance(5_000);
    assert.equal(sht(route, 'sht_is_null', 'ipban', 'a'), 1);
  });
});

test('an entry of a table with autoexpire goes that long after its last change', () => {
  const { route, clock } = start();
  sht(route, 'sht_seti', 'ipban', '192.0.2.1', 1);
  clock.advance(200_000);
  sht(route, 'sht_seti', 'ipban', '192.0.2.1', 1);
  clock.advance(299_999);
  assert.equal(sht(route, 'sht_match_name', 'ipban', 'eq', '192.0.2.1'), 1);
  clock.advance(1);
  assert.equal(sht(route, 'sht_match_name', 'ipban', 'eq', '192.0.2.1'), -1);
});

test('sht_is_null: 1 missing, -1 there, 2 no table, -2 missing with an initial value', () => {
  const { route } = start();
  sht(route, 'sht_sets', 'plain', 'a', '');
  sht(route, 'sht_seti', 'counts', 'a', 1);
  const codes = [['plain', 'x'], ['plain', 'a'], ['nowhere', 'x'], ['counts', 'x'], ['counts', 'a']].map(([table, key]) => sht(route, 'sht_is_null', table!, key!));
  assert.deepEqual(codes, [1, -1, 2, -2, -1]);
});

test('sht_rm gives 1 even for a missing key, -1 for an unknown table; sht_reset gives 0 and -1', () => {
  const { route } = start();
  sht(route, 'sht_seti', 'plain', 'a', 1);
  assert.deepEqual([sht(route, 'sht_rm', 'plain', 'a'), sht(route, 'sht_rm', 'plain', 'a'), sht(route, 'sht_rm', 'nowhere', 'a')], [1, 1, -1]);
  sht(route, 'sht_seti', 'plain', 'b', 1);
  assert.deepEqual([sht(route, 'sht_reset', 'plain'), sht(route, 'sht_reset', 'nowhere'), sht(route, 'sht_get', 'plain', 'b')], [0, -1, null]);
});

test('sht_inc and sht_dec count from the initial value; without one, for text and for an unknown table they give -255', () => {
  const { route } = start();
  assert.deepEqual([sht(route, 'sht_inc', 'counts', 'a'), sht(route, 'sht_inc', 'counts', 'a'), sht(route, 'sht_dec', 'counts', 'a')], [1, 2, 1]);
  sht(route, 'sht_sets', 'plain', 'text', 'x');
  sht(route, 'sht_seti', 'plain', 'n', 5);
  assert.deepEqual([sht(route, 'sht_dec', 'plain', 'n'), sht(route, 'sht_inc', 'plain', 'missing'), sht(route, 'sht_inc', 'plain', 'text'), sht(route, 'sht_inc', 'nowhere', 'a')], [4, -255, -255, -255]);
});

describe('matching', () => {
  function filled() {
    const here = start();
    for (const key of ['10.0.0.1', '10.0.0.2', '192.0.2.1']) sht(here.route, 'sht_sets', 'plain', key, `v-${key}`);
    sht(here.route, 'sht_seti', 'plain', 'number', 10);
    return here;
  }

  test('sht_match_name: eq ne re sw give 1 or -1; an unknown operator or a broken expression -1', () => {
    const { route } = filled();
    const match = (operator: string, operand: string) => sht(route, 'sht_match_name', 'plain', operator, operand);
    assert.deepEqual([match('eq', '10.0.0.1'), match('eq', '10.0.0')], [1, -1]);
    assert.deepEqual([match('ne', '10.0.0.1'), match('sw', '192.'), match('sw', '0.0')], [1, 1, -1]);
    assert.deepEqual([match('re', '^10\\..*2$'), match('re', '^2'), match('re', '('), match('like', '10')], [1, -1, -1, -1]);
  });

  test('sht_match_str_value looks at values that are text', () => {
    const { route } = filled();
    const match = (operator: string, operand: string) => sht(route, 'sht_match_str_value', 'plain', operator, operand);
    assert.deepEqual([match('eq', 'v-10.0.0.1'), match('eq', '10'), match('sw', 'v-19'), match('re', '1$')], [1, -1, 1, 1]);
  });

  test('sht_rm_name and sht_rm_value remove what matches: re sw ew in', () => {
    const { route } = filled();
    assert.equal(sht(route, 'sht_rm_name', 'plain', 'sw', '10.'), 1);
    assert.equal(sht(route, 'sht_cn', 'plain', 're', '.'), 2);
    assert.equal(sht(route, 'sht_rm_value', 'plain', 'ew', '.2.1'), 1);
    assert.equal(sht(route, 'sht_cn', 'plain', 're', '.'), 1);
    assert.equal(sht(route, 'sht_rm_name_re', 'plain', '^num'), 1);
    assert.equal(sht(route, 'sht_cn', 'plain', 're', '.'), 0);
    assert.deepEqual([sht(route, 'sht_rm_value_re', 'plain', '('), sht(route, 'sht_rm_name', 'nowhere', 'sw', 'a'), sht(route, 'sht_cn', 'nowhere', 're', '.')], [-1, -1, -1]);
  });
});

describe('iterators', () => {
  test('next gives 1 for each entry and -1 at the end; start of an unknown table -1', () => {
    const { route } = start();
    for (const key of ['a', 'b']) sht(route, 'sht_sets', 'plain', key, `v${key}`);
    assert.equal(sht(route, 'sht_iterator_start', 'it', 'plain'), 1);
    const seen: unknown[] = [];
    while (sht(route, 'sht_iterator_next', 'it') === 1) seen.push(route.locals.iterators.get('it')!.key, route.locals.iterators.get('it')!.value);
    assert.deepEqual(seen, ['a', 'va', 'b', 'vb']);
    assert.deepEqual([sht(route, 'sht_iterator_end', 'it'), sht(route, 'sht_iterator_next', 'it'), sht(route, 'sht_iterator_start', 'it', 'nowhere')], [1, -1, -1]);
  });

  test('rm, sets, seti and setex act on the current entry, and do nothing before the first', () => {
    const { route, clock } = start();
    for (const key of ['a', 'b', 'c', 'd']) sht(route, 'sht_sets', 'plain', key, 'old');
    sht(route, 'sht_iterator_start', 'it', 'plain');
    assert.equal(sht(route, 'sht_iterator_rm', 'it'), -1);
    sht(route, 'sht_iterator_next', 'it');
    assert.equal(sht(route, 'sht_iterator_rm', 'it'), 1);
    sht(route, 'sht_iterator_next', 'it');
    assert.equal(sht(route, 'sht_iterator_sets', 'it', 'new'), 1);
    sht(route, 'sht_iterator_next', 'it');
    assert.equal(sht(route, 'sht_iterator_seti', 'it', 3), 1);
    sht(route, 'sht_iterator_next', 'it');
    assert.equal(sht(route, 'sht_iterator_setex', 'it', 1), 1);
    clock.advance(1000);
    assert.deepEqual(['a', 'b', 'c', 'd'].map((key) => sht(route, 'sht_get', 'plain', key)), [null, 'new', 3, null]);
  });

  test('entries that went away meanwhile are passed over', () => {
    const { route } = start();
    for (const key of ['a', 'b', 'c']) sht(route, 'sht_seti', 'plain', key, 1);
    sht(route, 'sht_iterator_start', 'it', 'plain');
    sht(route, 'sht_iterator_next', 'it');
    sht(route, 'sht_rm', 'plain', 'b');
    assert.equal(sht(route, 'sht_iterator_next', 'it'), 1);
    assert.equal(route.locals.iterators.get('it')!.key, 'c');
  });

  test('belong to their route, and a route has at most 32', () => {
    const here = start();
    for (let n = 0; n < 32; n += 1) assert.equal(sht(here.route, 'sht_iterator_start', `it${n}`, 'plain'), 1);
    assert.equal(sht(here.route, 'sht_iterator_start', 'one-more', 'plain'), -1);
    assert.equal(sht(here.route, 'sht_iterator_start', 'it0', 'plain'), 1);
    sht(here.route, 'sht_seti', 'plain', 'a', 1);
    sht(here.route, 'sht_iterator_start', 'it0', 'plain');
    assert.equal(sht(here.newRoute(), 'sht_iterator_next', 'it0'), -1);
    assert.equal(sht(here.route, 'sht_iterator_next', 'it0'), 1);
  });
});
