import assert from 'node:assert/strict';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createLogger, openLog, type LoggerOptions } from '../../src/app/logging.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

const TIME_MS = new Date(2026, 0, 2, 3, 4, 5, 67).getTime();

function recordedLog(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    format: 'kamailio',
    clock: new VirtualClock(TIME_MS),
    destination: { write: (line) => lines.push(line) },
    host: 'proxy1',
    pid: 42,
    ...options,
  });
  return { lines, logger };
}

describe('log formats', () => {
  test('kamailio: date, host, process, level and module stand where Kamailio has them', () => {
    const { lines, logger } = recordedLog();
    logger.child({ module: 'tm' }).warn('No reply', { callId: 'a1@host', branches: 2 });
    assert.deepEqual(lines, ['Jan  2 03:04:05 proxy1 sipweet[42]: WARNING: tm: No reply callId=a1@host branches=2\n']);
  });

  test('kamailio: a line without a module is of the core', () => {
    const { lines, logger } = recordedLog();
    logger.error('Out of memory');
    assert.deepEqual(lines, ['Jan  2 03:04:05 proxy1 sipweet[42]: ERROR: <core>: Out of memory\n']);
  });

  test('json: one object a line with time, level, process, fields and message', () => {
    const { lines, logger } = recordedLog({ format: 'json' });
    logger.child({ module: 'tm' }).info('Relayed', { code: 200 });
    assert.deepEqual(lines.map((line) => JSON.parse(line)), [
      { level: 'info', time: new Date(TIME_MS).toISOString(), pid: 42, host: 'proxy1', module: 'tm', code: 200, message: 'Relayed' },
    ]);
  });

  test('pretty: time to the millisecond, level, module, message, quoted values with blanks', () => {
    const { lines, logger } = recordedLog({ format: 'pretty' });
    logger.child({ module: 'x' }).info('Sent', { to: 'bob', reason: 'no "answer"' });
    assert.deepEqual(lines, ['03:04:05.067 INFO  x: Sent to=bob reason="no \\"answer\\""\n']);
  });

  test('colours only on a terminal and without NO_COLOR', () => {
    const coloured = (options: Partial<LoggerOptions>) => {
      const { lines, logger } = recordedLog({ format: 'pretty', ...options });
      logger.info('Sent');
      return lines[0]!.includes('\u001b[');
    };
    assert.equal(coloured({ isTerminal: true }), true);
    assert.equal(coloured({ isTerminal: false }), false);
    assert.equal(coloured({ isTerminal: true, noColour: true }), false);
  });

  test('auto is pretty on a terminal and json elsewhere', () => {
    const first = (isTerminal: boolean) => {
      const { lines, logger } = recordedLog({ format: 'auto', isTerminal, noColour: true });
      logger.info('Sent');
      return lines[0]!;
    };
    assert.match(first(true), /^03:04:05\.067 INFO /);
    assert.equal(JSON.parse(first(false)).message, 'Sent');
  });
});

describe('what is written', () => {
  test('lines below the level are left out, in children too', () => {
    const { lines, logger } = recordedLog({ level: 'warn', format: 'json' });
    const child = logger.child({ module: 'tm' });
    for (const log of [logger, child]) {
      log.debug('no');
      log.info('no');
      log.warn('yes');
      log.error('yes');
    }
    assert.deepEqual(lines.map((line) => JSON.parse(line).message), ['yes', 'yes', 'yes', 'yes']);
  });

  test('debugEnabled tells whether debug lines are written', () => {
    assert.equal(recordedLog({ level: 'debug' }).logger.child({ module: 'tm' }).debugEnabled, true);
    assert.equal(recordedLog({ level: 'info' }).logger.debugEnabled, false);
  });

  test('silent writes nothing', () => {
    const { lines, logger } = recordedLog({ level: 'silent' });
    logger.error('no');
    assert.deepEqual(lines, []);
  });

  test('secrets and texts of messages are redacted in fields, in nested names and in fields of a child', () => {
    const secrets = {
      password: 's3cret', authorization: 's3cret', 'headers.Proxy-Authorization': 's3cret', accessToken: 's3cret',
      appSecret: 's3cret', ha1: 's3cret', text: 's3cret', 'dm.text': 's3cret', body: 's3cret',
    };
    for (const format of ['json', 'pretty', 'kamailio'] as const) {
      const { lines, logger } = recordedLog({ format });
      logger.info('One', secrets);
      logger.child(secrets).info('Two');
      assert.equal(lines.length, 2);
      for (const line of lines) {
        assert.ok(!line.includes('s3cret'), line);
        assert.equal(line.split('[redacted]').length - 1, Object.keys(secrets).length);
      }
    }
  });

  test('harmless fields whose names contain such words only in part are kept', () => {
    const { lines, logger } = recordedLog();
    logger.info('One', { context: 'branch', bodyBytes: 120 });
    assert.match(lines[0]!, /context=branch bodyBytes=120\n$/);
  });

  test('the password of a URL is redacted in messages and values, also one that holds an @', () => {
    const { lines, logger } = recordedLog();
    logger.error('Cannot reach postgres://sip:s3c@ret@db/sip', { url: 'redis://:s3cret@cache:6379' });
    assert.match(lines[0]!, /postgres:\/\/sip:\[redacted\]@db\/sip url=redis:\/\/:\[redacted\]@cache:6379\n$/);
  });

  test('a value from outside cannot forge a line or drive the terminal', () => {
    for (const format of ['json', 'pretty', 'kamailio'] as const) {
      const { lines, logger } = recordedLog({ format });
      logger.warn('Strange\r\nline', { agent: 'x\nJan  2 ERROR: forged\u001b[2J\u202e' });
      const text = lines.join('');
      assert.equal(text.indexOf('\n'), text.length - 1, format);
      assert.ok(!text.includes('\u001b') && !text.includes('\r'), format);
      if (format !== 'json') assert.ok(!text.includes('\u202e'), format);
    }
  });
});

describe('the log of a process', () => {
  test('close writes every line in order, and later lines are dropped', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sipweet-log-'));
    try {
      const path = join(folder, 'log');
      const clock = new VirtualClock();
      const log = openLog({ level: 'info', format: 'json', clock, descriptor: openSync(path, 'w') });
      for (let index = 0; index < 1000; index += 1) log.logger.info('Line', { index });
      await log.close();
      log.logger.info('Late');
      log.flush();
      await log.close();
      const written = readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line).index);
      assert.deepEqual(written, Array.from({ length: 1000 }, (_, index) => index));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
