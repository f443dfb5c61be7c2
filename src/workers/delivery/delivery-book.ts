import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { LedgerEntry, Outcome } from '../../db/tables/ledger-entry.ts';
import { notice } from '../../jobs/contract/notice.ts';
import { jobOf } from '../../jobs/job-of.ts';
import type { JobSink } from '../../jobs/queue.ts';
import type { Channels } from './channels/channels.ts';
import type { DeliveryCounters } from './delivery-counters.ts';
import type { Digests, Ledger } from './ports.ts';
import { plainText } from '../render/plain-text.ts';
import { isEnded, publishResults, type EndedEntry } from './result-publisher.ts';
import { isReported } from './rules.ts';

const MAX_REASON_LENGTH = 500;

/** What is written down about a delivery: its row, its result, its line in the log, the job of its digest. */
export class DeliveryBook {
  readonly #parts: DeliveryBookParts;

  constructor(parts: DeliveryBookParts) {
    this.#parts = parts;
  }

  /** Gives the claim back: the message was certainly not taken. */
  release(claim: LedgerEntry, reason: string): Promise<LedgerEntry | undefined> {
    return this.#parts.ledger.release(claim, reasonText(reason));
  }

  /** Closes a way to the message, for good. */
  refuse(claim: LedgerEntry, channel: string, reason: string): Promise<LedgerEntry | undefined> {
    return this.#parts.ledger.refuse(claim, channel, reasonText(reason));
  }

  /** Notes why and until when it waits, for who looks at the row. */
  async putOff(entry: LedgerEntry, untilMs: number, reason: string): Promise<void> {
    await this.#parts.ledger.putOff(entry.id, new Date(untilMs), reasonText(reason));
  }

  /** Ends the delivery and tells the result. False when the claim is not valid any more, and nothing was done. */
  async end(claim: LedgerEntry, outcome: Outcome, logger: Logger): Promise<boolean> {
    const { ledger, counters, channels, clock } = this.#parts;
    const { state } = outcome;
    const reason = outcome.reason === undefined ? {} : { reason: reasonText(outcome.reason) };
    const ended = await ledger.finish(claim, { ...outcome, ...reason });
    if (ended === undefined || !isEnded(ended)) {
      logger.warn('Another worker took the message over', { state, remoteId: outcome.remoteId });
      return false;
    }
    counters[state].value += 1;
    const { kind, recipient, remoteId, channel } = ended;
    const title = (channel === undefined ? undefined : channels.find(channel)?.title) ?? 'Message';
    if (state === 'done') {
      logger.info(`${title} sent`, { kind, recipient, remoteId, ...reason, sincePlannedMs: clock.now() - ended.createdAt.getTime() });
    } else {
      logger.warn(`${title} ${state}`, { kind, recipient, ...reason });
    }
    await this.publish(ended);
    return true;
  }

  /** Tells the result, that of each member for a digest; again, when a worker died before it could. */
  async publish(entry: EndedEntry): Promise<void> {
    const { digests, jobs } = this.#parts;
    const told = entry.kind === 'digest' ? await digests.members(entry.id) : [entry];
    await publishResults(told.filter(isEnded).filter(isReported), jobs);
  }

  /** Sets the alarm clock of the digest that tells this message; the same one however often. */
  async wakeDigest({ digestId, notBefore }: LedgerEntry): Promise<void> {
    await this.#parts.jobs.addBatch([jobOf(notice, { v: 1, id: digestId! }, notBefore?.getTime())]);
  }
}

export interface DeliveryBookParts {
  readonly ledger: Ledger;
  readonly digests: Digests;
  /** Takes results and the jobs of digests. */
  readonly jobs: JobSink;
  readonly channels: Channels;
  readonly counters: DeliveryCounters;
  readonly clock: Clock;
}

/** X's sentences and our errors, fit for a log line, a row and a result. */
function reasonText(reason: string): string {
  return plainText(reason, MAX_REASON_LENGTH);
}
