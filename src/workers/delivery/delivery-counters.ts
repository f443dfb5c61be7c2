import type { Counter, Counters } from '../../base/counters.ts';

export interface DeliveryCounters {
  readonly done: Counter;
  readonly refused: Counter;
  readonly parked: Counter;
  readonly found: Counter;
  readonly passedOn: Counter;
  readonly held: Counter;
  readonly retries: Counter;
  readonly waits: Counter;
  readonly pauses: Counter;
  readonly rejected: Counter;
}

export function deliveryCounters(counters: Counters): DeliveryCounters {
  const define = (name: string, help: string) => counters.define(`worker.delivery.${name}`, help);
  return {
    done: define('done', 'Messages that were sent; a digest is one'),
    refused: define('refused', 'Messages that nobody was told, for a reason in the ledger'),
    parked: define('parked', 'Messages of which nobody knows whether they were sent'),
    found: define('found', 'Messages without a clear end that X turned out to have'),
    passedOn: define('passed-on', 'Refusals of one way after which the message went on by the next'),
    held: define('held', 'Messages that were put into a digest, for quiet hours or a storm'),
    retries: define('retries', 'Attempts that failed and are repeated'),
    waits: define('waits', 'Times that a message was put off without burning an attempt'),
    pauses: define('pauses', 'Failures that paused the queue: no credits or wrong keys'),
    rejected: define('rejected', 'Jobs that are not what their queue is for'),
  };
}
