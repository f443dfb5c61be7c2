import type { LogFields } from '../../../base/logger.ts';
import type { ParsedPayload } from '../../../jobs/contract/job-contract.ts';
import { notice, type Notice } from '../../../jobs/contract/notice.ts';
import type { Ledger } from '../ports.ts';
import type { DeliverySource, Planning } from './source.ts';

/** Rows that others have planned, in the transaction of what they are about. The job says only which. */
export class PlannedRows implements DeliverySource<Notice> {
  readonly contract = notice;
  readonly title = 'a notice';
  readonly #ledger: Pick<Ledger, 'find'>;

  constructor(ledger: Pick<Ledger, 'find'>) {
    this.#ledger = ledger;
  }

  read(data: string): ParsedPayload<Notice> {
    const parsed = notice.parse(data);
    if (parsed.ok && parsed.payload.id.includes('\0')) return { ok: false, problems: ['id: holds a NUL character'] };
    return parsed;
  }

  idOf({ id }: Notice): string {
    return id;
  }

  fieldsOf({ id }: Notice): LogFields {
    return { eventId: id };
  }

  async plan({ id }: Notice): Promise<Planning> {
    const entry = await this.#ledger.find(id);
    if (entry !== undefined) return { kind: 'known', entry };
    // Jobs are added when the transaction of the row is through: it was deleted since, or there was none.
    return { kind: 'nothing', reason: 'there is no such row in the ledger' };
  }

  async planNothing(): Promise<undefined> {
    return undefined;
  }
}
