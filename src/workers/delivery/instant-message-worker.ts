import type { InstantMessage } from '../../jobs/contract/instant-message.ts';
import { DeliveryWorker, type DeliveryWorkerOptions } from './delivery-worker.ts';
import { instantMessages } from './sources/instant-message.ts';

/** Takes SIP MESSAGEs to users without a phone from their queue and tells them. */
export class InstantMessageWorker extends DeliveryWorker<InstantMessage> {
  constructor(options: DeliveryWorkerOptions) {
    super(options, instantMessages(options));
  }
}
