import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { EXIT, type LuaValue, type Table } from '../../../src/lua/runtime/value.ts';
import { errorOf, listOf, opened, tableOf } from './library-stage.ts';

const { call, get, host, runtime } = opened();

describe('os', () => {
  test('time is whole seconds of the clock, or those of a date', () => {
    host.timeMs = 1_700_000_000_999;
    assert.deepEqual(call('os.time'), [1_700_000_000]);
    const fields = tableOf({ year: 2024, month: 14, day: 1, hour: 25 });
    assert.deepEqual(call('os.time', fields), [new Date(2025, 1, 2, 1).getTime() / 1000]);
    assert.deepEqual(['year', 'month', 'day', 'hour', 'yday'].map((name) => fields.get(name)), [2025, 2, 2, 1, 33]);
    assert.equal(errorOf(() => call('os.time', tableOf({}))), "field 'day' missing in date table");
    assert.equal(errorOf(() => call('os.time', tableOf({ year: 2020, month: 1.5, day: 1 }))), "field 'month' is not an integer");
    assert.equal(errorOf(() => call('os.time', tableOf({ year: 2 ** 60, month: 1, day: 1 }))), "field 'year' is out-of-bound");
  });

  // What strftime of C writes.
  const dates: readonly (readonly [string, number, string])[] = [
    ['!%c', 0, 'Thu Jan  1 00:00:00 1970'],
    ['!%x %X %p %j %y %C', 0, '01/01/70 00:00:00 AM 001 70 19'],
    ['!%D %F %T %R %r', 86_399, '01/01/70 1970-01-01 23:59:59 23:59 11:59:59 PM'],
    ['!%A %B %e %u %w %h%n%t%%', 1_000_000_000, 'Sunday September  9 7 0 Sep\n\t%'],
    ['!%G-W%V %g %U %W', 1_609_459_200, '2020-W53 20 00 00'],
    ['!%G-W%V', 1_230_768_000 - 86_400, '2009-W01'],
    ['!%Ey %Od %z %Z', 0, '70 01 +0000 GMT'],
    ['!%I', 0, '12'],
  ];
  for (const [format, at, expected] of dates) {
    test(`date("${format}", ${at})`, () => assert.deepEqual(call('os.date', format, at), [expected]));
  }

  test('date gives fields, and rejects what is no conversion', () => {
    const [fields] = call('os.date', '!*t', 1_000_000_000);
    assert.deepEqual(
      ['year', 'month', 'day', 'hour', 'min', 'sec', 'wday', 'yday', 'isdst'].map((name) => (fields as Table).get(name)),
      [2001, 9, 9, 1, 46, 40, 1, 252, false],
    );
    assert.equal(errorOf(() => call('os.date', '%Q')), "bad argument #1 to 'date' (invalid conversion specifier '%Q')");
    assert.equal(errorOf(() => call('os.date', '%Ez')), "bad argument #1 to 'date' (invalid conversion specifier '%Ez')");
    assert.equal(errorOf(() => call('os.date', '%c', 1e17)), 'time result cannot be represented in this installation');
  });

  test('exit ends the route, with a complaint', () => {
    assert.equal(get('os.exit')(), EXIT);
    assert.deepEqual(host.complaints, ['os.exit() in a routing script ends the route, not the server']);
  });

  test('files, programs and the environment are withheld', () => {
    const os = runtime.globals.get('os') as Table;
    const io = runtime.globals.get('io') as Table;
    assert.deepEqual(['execute', 'getenv', 'remove', 'rename', 'tmpname'].map((name) => os.get(name)), Array(5).fill(undefined));
    assert.deepEqual(['open', 'popen', 'lines', 'read', 'tmpfile'].map((name) => io.get(name)), Array(5).fill(undefined));
  });
});

describe('io', () => {
  test('what is written goes to the log, a line a call', () => {
    const [file] = call('io.write', 'a', 1, '\n');
    call('io.write', '');
    const write = (file as Table).metatable!.get('__index') as Table;
    (write.get('write') as (...args: LuaValue[]) => LuaValue)(file, 'b');
    assert.deepEqual(host.printed.splice(0), ['a1', 'b']);
    assert.equal(errorOf(() => call('io.write', listOf())), "bad argument #1 to 'write' (string expected, got table)");
  });
});

describe('packages', () => {
  test('a module is executed once, and is what it returns', () => {
    let executed = 0;
    host.modules.set('mine', (name) => {
      executed += 1;
      return tableOf({ name });
    });
    const [first] = call('require', 'mine');
    assert.equal((first as Table).get('name'), 'mine');
    assert.deepEqual(call('require', 'mine'), [first]);
    assert.equal(executed, 1);
    host.modules.set('silent', () => []);
    assert.deepEqual(call('require', 'silent'), [true]);
  });

  test('package.preload comes first, and the libraries are loaded', () => {
    const library = runtime.globals.get('package') as Table;
    (library.get('preload') as Table).set('given', () => 'by the script');
    assert.deepEqual(call('require', 'given'), ['by the script']);
    assert.deepEqual(call('require', 'string'), [runtime.globals.get('string')]);
    assert.match(String(errorOf(() => call('require', 'absent'))), /^module 'absent' not found:/);
  });

  test('dofile executes each time', () => {
    host.modules.set('/x.lua', () => [1, 2]);
    assert.deepEqual(call('dofile', '/x.lua'), [1, 2]);
    assert.equal(errorOf(() => call('dofile', '/y.lua')), 'cannot open /y.lua');
  });
});

describe('debug', () => {
  test('traceback begins with the message, and leaves what is no text as it is', () => {
    assert.match(String(call('debug.traceback', 'message')[0]), /^message\nstack traceback:/);
    const table = tableOf({});
    assert.deepEqual(call('debug.traceback', table), [table]);
  });

  test('getinfo of a level that is not there is nil', () => {
    assert.deepEqual(call('debug.getinfo', 500, 'S'), [undefined]);
    assert.equal(errorOf(() => call('debug.getinfo', 1, '?')), "bad argument #2 to 'getinfo' (invalid option)");
  });
});

describe('utf8', () => {
  const text = 'h\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80';

  test('codes to bytes and back', () => {
    assert.deepEqual(call('utf8.char', 0x68, 0xe4, 0x20ac, 0x1f600), [text]);
    assert.deepEqual(call('utf8.codepoint', text, 1, -1), [0x68, 0xe4, 0x20ac, 0x1f600]);
    assert.deepEqual(call('utf8.len', text), [4]);
    assert.deepEqual(call('utf8.char'), ['']);
  });

  test('offset finds the n-th character from a position', () => {
    assert.deepEqual(call('utf8.offset', text, 3), [4]);
    assert.deepEqual(call('utf8.offset', text, -1), [7]);
    assert.deepEqual(call('utf8.offset', text, 0, 5), [4]);
    assert.deepEqual(call('utf8.offset', text, 9), [undefined]);
    assert.equal(errorOf(() => call('utf8.offset', text, 1, 3)), 'initial position is a continuation byte');
  });

  test('what is no UTF-8 is told', () => {
    for (const bytes of ['\xff', '\xc3', '\xc0\x80', '\xe2\x82', '\x80', '\xf5\x80\x80\x80']) {
      assert.deepEqual(call('utf8.len', bytes), [undefined, 1]);
      assert.equal(errorOf(() => call('utf8.codepoint', bytes)), 'invalid UTF-8 code');
    }
    assert.equal(errorOf(() => call('utf8.char', -1)), "bad argument #1 to 'char' (value out of range)");
  });

  test('codes goes from character to character', () => {
    const [iterate, state] = call('utf8.codes', text);
    const found: LuaValue[] = [];
    let at: LuaValue = 0;
    for (;;) {
      const step = (iterate as (state: LuaValue, at: LuaValue) => readonly LuaValue[])(state, at);
      if (step.length === 0) break;
      found.push(...step);
      at = step[0];
    }
    assert.deepEqual(found, [1, 0x68, 2, 0xe4, 4, 0x20ac, 7, 0x1f600]);
  });
});
