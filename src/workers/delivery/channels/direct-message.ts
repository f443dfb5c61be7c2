import type { LedgerEntry } from '../../../db/tables/ledger-entry.ts';
import { lookUpSent } from '../look-up-sent.ts';
import type { PacedX } from '../paced-x.ts';
import { fitMessage } from '../../render/fit.ts';
import { isEssential } from '../rules.ts';
import type { Channel, Parcel } from './channel.ts';

/** What X takes: UTF-16 units, as the client counts. */
const MAX_LENGTH = 10_000;

/** A direct message on X. */
export class DirectMessageChannel implements Channel {
  readonly name = 'dm';
  readonly title = 'Direct message';
  readonly uncertainty = { kind: 'look', find: (entry: LedgerEntry) => lookUpSent(entry, this.#x) } as const;
  readonly #x: PacedX;

  constructor(x: PacedX) {
    this.#x = x;
  }

  takes(): boolean {
    return true;
  }

  held(entry: Pick<LedgerEntry, 'kind'>) {
    return this.#x.holdOn('send', { essential: isEssential(entry) });
  }

  async send({ entry }: Parcel): Promise<{ remoteId: string }> {
    const text = fitMessage(entry.content, entry.id, { max: MAX_LENGTH, weigh: (part) => part.length });
    const sent = await this.#x.sendDirectMessage({ recipientId: entry.recipient, text }, { essential: isEssential(entry) });
    return { remoteId: sent.eventId };
  }
}
