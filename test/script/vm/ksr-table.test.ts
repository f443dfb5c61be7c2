import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { rowsOf, type KsrValue, type Row } from '../../../src/script/row.ts';
import { onBothEngines, TestRun } from './stage.ts';

onBothEngines((stage) => {
  const core = rowsOf<TestRun>('');
  const mod = rowsOf<TestRun>('mod');

  const rows: readonly Row<TestRun>[] = [
    core.row('is_yes', [], 'bool', () => true, ''),
    core.row('is_no', [], 'bool', () => false, ''),
    core.row('set_flag_of_nothing', [], 'none', () => {}, ''),
    mod.row('int', ['int'], 'int', (run, value) => run.out.push(value) && value, ''),
    mod.row('str', ['str'], 'int', (run, value) => run.out.push(value), ''),
    mod.row('none', [], 'int', (run) => run.out.push('none called'), ''),
    mod.row('void', ['str'], 'none', () => {}, ''),
    mod.row('four', ['str', 'int', 'str', 'int'], 'int', (run, ...args) => run.out.push(args), ''),
    mod.row('zero', [], 'int', () => 0, ''),
    mod.row('minus', [], 'int', () => -1, ''),
    mod.row('value', ['str'], 'xval', (_run, key) => values[key] ?? null, ''),
    mod.row('broken', [], 'int', () => JSON.parse('{') as number, ''),
  ];

  const values: Record<string, KsrValue> = {
    text: 'abc',
    number: 7.5,
    yes: true,
    list: ['a', 'b', ['c']],
    record: { name: 'bob', tags: ['x'] },
    bytes: '\u00e9\u00ff\u0000z',
  };

  describe('layout', () => {
    test('a module that has no rows is nil, as a script asks by "if KSR.rtpproxy then"', () => {
      const { route } = stage('', { rows });
      const run = route('KSR.test.out(tostring(KSR.rtpproxy)) KSR.test.out(type(KSR.mod)) KSR.test.out(type(KSR.is_yes))');
      assert.deepEqual(run.out, ['nil', 'table', 'function']);
    });

    test('KSRVERSION is the string 2.0', () => {
      const { route } = stage('', { rows });
      assert.deepEqual(route('KSR.test.out(type(KSRVERSION) .. KSRVERSION)').out, ['string2.0']);
    });

    test('a function that does not exist is nil, and calling it is a Lua error', () => {
      const { route, logger } = stage('', { rows });
      const run = route('KSR.drop()');
      assert.equal(run.failed, true);
      assert.match(logger.errors[0]!.message, /attempt to call a nil value \(field 'drop'\)/);
    });
  });

  describe('arguments', () => {
    const cases: readonly [string, string, KsrValue][] = [
      ['int: a numeral is a number', 'KSR.mod.int("404")', 404],
      ['int: a hexadecimal numeral is a number', 'KSR.mod.int("0x10")', 16],
      ['int: text that is no numeral is 0', 'KSR.mod.int("10 bob")', 0],
      ['int: nil is 0', 'KSR.mod.int(nil)', 0],
      ['int: true is 0', 'KSR.mod.int(true)', 0],
      ['int: a table is 0', 'KSR.mod.int({})', 0],
      ['int: a fraction is truncated towards zero', 'KSR.mod.int(-3.9)', -3],
      ['int: a numeral with a fraction is truncated', 'KSR.mod.int("3.9")', 3],
      ['int: a long value keeps its low 32 bits', 'KSR.mod.int(2^32 + 5)', 5],
      ['int: 2^31 wraps to the least int', 'KSR.mod.int(2^31)', -2147483648],
      ['str: a number is written as Lua 5.1 does', 'KSR.mod.str(10)', '10'],
      ['str: a quotient that is whole has no fraction', 'KSR.mod.str(10/2)', '5'],
      ['str: a fraction is written with it', 'KSR.mod.str(2.5)', '2.5'],
      ['str: nil is empty', 'KSR.mod.str(nil)', ''],
      ['str: false is empty', 'KSR.mod.str(false)', ''],
      ['str: a table is empty', 'KSR.mod.str({})', ''],
      ['str: bytes come through as they are', 'KSR.mod.str("\\233\\255\\0z\\r\\n")', '\u00e9\u00ff\u0000z\r\n'],
    ];
    for (const [title, call, expected] of cases) {
      test(title, () => assert.deepEqual(stage('', { rows }).route(call).out, [expected]));
    }

    test('four parameters arrive in order, each converted by its own type', () => {
      const { route } = stage('', { rows });
      assert.deepEqual(route('KSR.mod.four(1, "2", 3, "4")').out, [['1', 2, '3', 4]]);
    });

    test('too few arguments: not called, error line, and the script gets false', () => {
      const { route, logger } = stage('', { rows });
      const run = route('KSR.test.out(tostring(KSR.mod.int()))');
      assert.deepEqual(run.out, ['false']);
      assert.match(logger.errors[0]!.message, /KSR\.mod\.int not called: 0 arguments given, 1 declared/);
      assert.match(String(logger.errors[0]!.fields.at), /route\.lua:2$/);
      assert.equal(logger.errors[0]!.fields.callId, 'call-1');
    });

    test('the false of a refused call makes "< 0" a Lua error, as in Kamailio', () => {
      const { route, logger } = stage('', { rows });
      assert.equal(route('if KSR.mod.int() < 0 then return end').failed, true);
      assert.match(logger.errors[1]!.message, /attempt to compare boolean with number/);
    });

    test('extra arguments are ignored up to six in all', () => {
      const { route } = stage('', { rows });
      assert.deepEqual(route('KSR.mod.str("a", 2, 3, 4, 5, 6)').out, ['a']);
    });

    test('seven arguments: not called, false', () => {
      const { route } = stage('', { rows });
      const run = route('KSR.test.out(tostring(KSR.mod.str("a", 2, 3, 4, 5, 6, 7)))');
      assert.deepEqual(run.out, ['false']);
    });

    test('a function without parameters that is given one is not called and gives false', () => {
      const { route, logger } = stage('', { rows });
      assert.deepEqual(route('KSR.test.out(tostring(KSR.mod.none("")))').out, ['false']);
      assert.equal(logger.errors.length, 1);
    });

    test('a call while the file is executed has no message: not called, error line, false', () => {
      const { logger, engine } = stage('at_load = KSR.mod.none()', { rows });
      assert.match(logger.errors[0]!.message, /KSR\.mod\.none not called: no SIP message/);
      const run = new TestRun();
      engine.run('probe', run);
      assert.deepEqual(run.out, []);
    });
  });

  describe('results', () => {
    const shown: readonly [string, string, string][] = [
      ['int is a number, and 0 and -1 are true in Lua', 'type(KSR.mod.zero()) .. tostring(KSR.mod.zero() and KSR.mod.minus())', 'number-1'],
      ['bool is a boolean', 'tostring(KSR.is_yes()) .. tostring(KSR.is_no())', 'truefalse'],
      ['none with a parameter gives the number 0', 'type(KSR.mod.void("x")) .. tostring(KSR.mod.void("x"))', 'number0'],
      ['none without a parameter gives false', 'tostring(KSR.set_flag_of_nothing())', 'false'],
      ['xval gives a string', 'KSR.mod.value("text")', 'abc'],
      ['xval gives a number', 'KSR.mod.value("number") * 2', '15'],
      ['xval gives a boolean', 'tostring(KSR.mod.value("yes"))', 'true'],
      ['xval gives nil for null', 'tostring(KSR.mod.value("missing"))', 'nil'],
      ['xval arrays count from 1', 'KSR.mod.value("list")[1] .. #KSR.mod.value("list") .. KSR.mod.value("list")[3][1]', 'a3c'],
      ['xval records are tables by name', 'KSR.mod.value("record").name .. KSR.mod.value("record").tags[1]', 'bobx'],
      ['strings from rows are bytes', '#KSR.mod.value("bytes") .. "," .. string.byte(KSR.mod.value("bytes"), 2)', '4,255'],
    ];
    for (const [title, expression, expected] of shown) {
      test(title, () => assert.deepEqual(stage('', { rows }).route(`KSR.test.out(${expression})`).out, [expected]));
    }

    test('a row that throws is a Lua error with its place, which pcall catches, and is logged with its stack', () => {
      const { route, logger } = stage('', { rows });
      const run = route('local ok, why = pcall(KSR.mod.broken) KSR.test.out(tostring(ok) .. why)');
      assert.equal(run.failed, false);
      assert.match(String(run.out[0]), /^false.*internal error: /);
      assert.match(String(logger.errors[0]!.fields.stack), /SyntaxError/);
      assert.equal(route('KSR.mod.broken()').failed, true);
      assert.match(logger.errors.at(-1)!.message, /route\.lua:2: internal error: /);
    });
  });

  describe('KSR.x', () => {
    test('exit ends the route as a success', () => {
      const { route, logger } = stage('', { rows });
      const run = route('local function deep() KSR.x.exit() end deep() KSR.test.out("behind")');
      assert.deepEqual([run.out, run.failed, run.dropped, logger.errors.length], [[], false, false, 0]);
    });

    test('exit is the Lua error ~~ksr~exit~~, so pcall swallows it and the route goes on', () => {
      const { route } = stage('', { rows });
      const run = route('local ok, why = pcall(KSR.x.exit) KSR.test.out(tostring(ok) .. why)');
      assert.deepEqual([run.out, run.failed], [['false~~ksr~exit~~'], false]);
    });

    test('raising the swallowed exit again exits; with a position before it, it is an error', () => {
      const { route, logger } = stage('', { rows });
      assert.equal(route('local _, why = pcall(KSR.x.exit) error(why, 0)').failed, false);
      assert.equal(route('local _, why = pcall(KSR.x.exit) error(why)').failed, true);
      assert.match(logger.errors[0]!.message, /route\.lua:2: ~~ksr~exit~~/);
    });

    test('drop marks the message and exits', () => {
      const run = stage('', { rows }).route('KSR.x.drop() KSR.test.out("behind")');
      assert.deepEqual([run.dropped, run.failed, run.out], [true, false, []]);
    });

    test('modf knows no function of kamailio.cfg: -1 and an error line', () => {
      const { route, logger } = stage('', { rows });
      assert.deepEqual(route('KSR.test.num(KSR.x.modf("www_challenge", "a", "1"))').out, [-1]);
      assert.equal(logger.errors.length, 1);
    });

    test('probe returns nothing and the route goes on', () => {
      assert.deepEqual(stage('', { rows }).route('KSR.x.probe() KSR.test.out("on")').out, ['on']);
    });
  });
});
