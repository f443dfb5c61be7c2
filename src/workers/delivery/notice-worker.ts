import type { Notice } from '../../jobs/contract/notice.ts';
import { DeliveryWorker, type DeliveryWorkerOptions } from './delivery-worker.ts';
import { PlannedRows } from './sources/planned-rows.ts';

/** Delivers rows of the ledger that others have planned: answers, outcomes, reminders, digests, and any that the sweep has found waiting. */
export class NoticeWorker extends DeliveryWorker<Notice> {
  constructor(options: DeliveryWorkerOptions) {
    super(options, new PlannedRows(options.ledger));
  }
}
