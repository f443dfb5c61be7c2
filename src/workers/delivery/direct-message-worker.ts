import type { MissedCall } from '../../jobs/contract/missed-call.ts';
import { DeliveryWorker, type DeliveryWorkerOptions } from './delivery-worker.ts';
import { missedCalls } from './sources/missed-call.ts';

/** Takes missed calls from their queue and tells the callees. */
export class DirectMessageWorker extends DeliveryWorker<MissedCall> {
  constructor(options: DeliveryWorkerOptions) {
    super(options, missedCalls(options));
  }
}
