import type { Counter, Counters } from '../../base/counters.ts';

export interface CommandCounters {
  readonly done: Counter;
  readonly refused: Counter;
  readonly ignored: Counter;
  readonly misunderstood: Counter;
  readonly limited: Counter;
  readonly strangers: Counter;
  readonly waits: Counter;
  readonly failures: Counter;
  readonly abandoned: Counter;
  readonly rejected: Counter;
}

export function commandCounters(counters: Counters): CommandCounters {
  const define = (name: string, help: string) => counters.define(`worker.command.${name}`, help);
  return {
    done: define('done', 'Commands that were carried out'),
    refused: define('refused', 'Commands that were turned down, for a reason in the table commands'),
    ignored: define('ignored', 'Commands that were none of our business'),
    misunderstood: define('misunderstood', 'Commands that the grammar did not understand; they count as refused too'),
    limited: define('limited', 'Commands past the limit of their author; they count as refused too'),
    strangers: define('strangers', 'Commands of accounts without a link; they count as refused too'),
    waits: define('waits', 'Times that a command waited for another worker, or for the database, the queue or X to come back'),
    failures: define('failures', 'Attempts that failed and are repeated'),
    abandoned: define('abandoned', 'Commands that failed again and again and were given up'),
    rejected: define('rejected', 'Jobs that name no command'),
  };
}
