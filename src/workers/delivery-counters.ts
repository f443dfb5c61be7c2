import type { Counter, Counters } from '../base/counters.ts';

export interface DeliveryCounters {
  readonly done: Counter;
  readonly refused: Counter;
  readonly parked: Counter;
  readonly found: Counter;
  readonly retries: Counter;
  readonly waits: Counter;
  readonly pauses: Counter;
  readonly rejected: Counter;
}

export function deliveryCounters(counters: Counters): DeliveryCounters {
  const define = (name: string, help: string) => counters.define(`worker.direct-message.${name}`, help);
  return {
    done: define('done', 'Missed calls whose message X has'),
    refused: define('refused', 'Missed calls that nobody was told of, for a reason in the ledger'),
    parked: define('parked', 'Messages of which nobody knows whether they were sent'),
    found: define('found', 'Messages without a clear end that X turned out to have'),
    retries: define('retries', 'Attempts that failed and are repeated'),
    waits: define('waits', 'Times that a message was put off without burning an attempt'),
    pauses: define('pauses', 'Failures that paused the queue: no credits or wrong keys'),
    rejected: define('rejected', 'Jobs that are not a missed call'),
  };
}
