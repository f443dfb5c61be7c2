import { isTimeZone } from '../base/time-zone.ts';
import { integer, line } from './option.ts';
import { section } from './section.ts';

export const WORKER = section('The processes that turn events into messages.', {
  concurrency: integer({
    default: 5,
    min: 1,
    max: 1000,
    doc: 'Jobs that one worker process runs at once. X allows a few messages a minute: more helps only while calls to X are slow, or where nothing limits them, since jobs that run at once share their database statements. A worker that is killed leaves so many messages of unknown fate.',
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
