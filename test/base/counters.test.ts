import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Counters } from '../../src/base/counters.ts';

describe('counters', () => {
  test('a counter begins at zero and keeps what is added', () => {
    const counter = new Counters().define('sip.parse.rejected', 'Messages that could not be parsed');
    assert.equal(counter.value, 0);
    counter.value += 3;
    assert.equal(counter.value, 3);
    assert.equal(counter.help, 'Messages that could not be parsed');
  });

  test('a name has one counter, whoever defines it', () => {
    const counters = new Counters();
    const first = counters.define('a.b', 'first');
    first.value = 5;
    assert.equal(counters.define('a.b', 'second'), first);
    assert.deepEqual(counters.all(), [first]);
  });

  test('are listed by name', () => {
    const counters = new Counters();
    for (const name of ['b', 'a.c', 'a', 'c']) counters.define(name, name);
    assert.deepEqual(
      counters.all().map((counter) => counter.name),
      ['a', 'a.c', 'b', 'c'],
    );
  });

  test('two processes in one program do not share them', () => {
    const one = new Counters();
    one.define('a', '').value = 1;
    assert.equal(new Counters().define('a', '').value, 0);
  });
});
