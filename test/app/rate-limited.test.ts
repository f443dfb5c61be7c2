import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateLimited } from '../../src/app/rate-limited.ts';
import { createLogger } from '../../src/app/logging.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

function recordedLog() {
  const written: { message: string; suppressed?: number; peer?: string }[] = [];
  const clock = new VirtualClock();
  const destination = { write: (line: string) => void written.push(JSON.parse(line)) };
  const logger = rateLimited(createLogger({ level: 'debug', format: 'json', clock, destination }), clock, 1000);
  const seen = () => written.splice(0).map(({ message, suppressed }) => (suppressed ? `${message} +${suppressed}` : message));
  return { clock, logger, seen };
}

test('a warning is written once an interval, and the next one tells how many were left out', () => {
  const { clock, logger, seen } = recordedLog();
  for (let index = 0; index < 5; index += 1) logger.warn('Limit reached', { index });
  assert.deepEqual(seen(), ['Limit reached']);
  clock.advance(999);
  logger.warn('Limit reached');
  assert.deepEqual(seen(), []);
  clock.advance(1);
  logger.warn('Limit reached');
  logger.warn('Limit reached');
  assert.deepEqual(seen(), ['Limit reached +5']);
});

test('different messages do not hold each other back', () => {
  const { logger, seen } = recordedLog();
  logger.warn('One');
  logger.error('Two');
  logger.warn('One');
  assert.deepEqual(seen(), ['One', 'Two']);
});

test('a child shares the count', () => {
  const { logger, seen } = recordedLog();
  logger.child({ peer: 'a' }).warn('Limit reached');
  logger.child({ peer: 'b' }).warn('Limit reached');
  assert.deepEqual(seen(), ['Limit reached']);
});

test('debug and info pass unhindered', () => {
  const { logger, seen } = recordedLog();
  for (let index = 0; index < 2; index += 1) {
    logger.debug('Detail');
    logger.info('News');
  }
  assert.deepEqual(seen(), ['Detail', 'News', 'Detail', 'News']);
});

test('the messages told apart are bounded: 256 others push the oldest out', () => {
  const { logger, seen } = recordedLog();
  logger.warn('Old');
  for (let index = 0; index < 255; index += 1) logger.warn(`Other ${index}`);
  logger.warn('Old');
  assert.equal(seen().length, 256);
  logger.warn('Other 255');
  logger.warn('Old');
  assert.deepEqual(seen(), ['Other 255', 'Old']);
});
