import type { Counter, Counters } from '../../base/counters.ts';

export interface ReaderCounters {
  readonly polls: Counter;
  readonly failures: Counter;
  readonly waits: Counter;
  readonly pauses: Counter;
  readonly unfinished: Counter;
  readonly gained: Counter;
  readonly lost: Counter;
  readonly pushed: Counter;
  readonly pushLeft: Counter;
}

export function readerCounters(counters: Counters): ReaderCounters {
  const define = (name: string, help: string) => counters.define(`worker.reader.${name}`, help);
  return {
    polls: define('polls', 'Polls of mentions or messages that ended well'),
    failures: define('failures', 'Polls that failed and are repeated: X or the database is away'),
    waits: define('waits', 'Polls put off because X asked to wait'),
    pauses: define('pauses', 'Failures that paused a poll until an operator acts: no credits, wrong keys, no permission'),
    unfinished: define('unfinished', 'Polls that left pages for the next one'),
    gained: define('gained', 'Times that this process became the reader of X'),
    lost: define('lost', 'Times that another process took the reading over, or that the lease could not be renewed'),
    pushed: define('pushed', 'Posts and events that the stream of X brought'),
    pushLeft: define('push-left', 'Posts and events of the stream that were left to the polls: too many at once, or the database was away'),
  };
}
