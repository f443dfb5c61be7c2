import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { JobSink } from '../../jobs/queue.ts';
import type { Channels } from './channels/channels.ts';
import type { DeliveryCounters } from './delivery-counters.ts';
import type { StormLimit } from './holding.ts';
import type { PacedX } from './paced-x.ts';
import type { Digests, Ledger, Users } from './ports.ts';
import type { SpendMeter } from '../gate/spend-meter.ts';
import type { DeliveryTimings } from './timings.ts';

/** What a delivery is made of. */
export interface DeliveryParts {
  readonly ledger: Ledger;
  readonly digests: Digests;
  readonly users: Users;
  /** The one of the process. */
  readonly x: PacedX;
  readonly channels: Channels;
  /** Takes the results and the jobs of digests. */
  readonly jobs: JobSink;
  readonly meter: Pick<SpendMeter, 'attribute'>;
  readonly storm: StormLimit;
  readonly timings: DeliveryTimings;
  /** For readers who never chose one. */
  readonly timeZone: string;
  readonly counters: DeliveryCounters;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One handling of one job. */
export interface Run {
  /** Id of the row. */
  readonly id: string;
  /** No attempt is left behind this one. */
  readonly isLast: boolean;
  /** How many there are. */
  readonly attempts: number;
  readonly logger: Logger;
}
