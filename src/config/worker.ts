import { isTimeZone } from '../base/time-zone.ts';
import { integer, line } from './option.ts';
import { section } from './section.ts';

export const WORKER = section('The processes that turn events into messages.', {
  concurrency: integer({
    default: 64,
    min: 1,
    max: 1000,
    doc: 'Messages that one worker process delivers at once. They share their database statements. Most of them wait: X allows a few messages a minute, and what it refuses holds all others back. A worker that is killed while X answers slowly leaves so many messages of unknown fate at most, each of which costs a look at X.',
  }),
  stopMs: integer({
    default: 25_000,
    min: 0,
    max: 600_000,
    doc: 'Milliseconds that a stopping worker gives its running jobs. Keep it below what the service manager waits before it kills.',
  }),
  sweepMs: integer({
    default: 60_000,
    min: 1000,
    max: 3_600_000,
    doc: 'Milliseconds between two sweeps, in which one worker gives lost work its job again and ends calls that nobody will. After an emptied Redis it takes about that long until everything goes on.',
  }),
  keepDays: integer({
    default: 90,
    // The budget of a month is counted from what is kept.
    min: 32,
    max: 3650,
    doc: 'Days for which commands, calls, messages and costs are kept after they have ended; then they are forgotten.',
  }),
  timeZone: line({
    default: 'UTC',
    expected: 'a time zone like Europe/Berlin',
    accepts: isTimeZone,
    doc: 'Time zone of the times in messages to users who have none of their own.',
  }),
});
