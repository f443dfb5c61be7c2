import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { LedgerEntry, Outcome } from '../db/tables/ledger.ts';
import type { MissedCall } from '../jobs/contract/missed-call.ts';
import type { JobSink } from '../jobs/queue.ts';
import type { DeliveryCounters } from './delivery-counters.ts';
import type { Ledger } from './ports.ts';
import { plainText } from './render/plain-text.ts';
import { isEnded, publishResult, type EndedEntry } from './result-publisher.ts';

/** What the ledger calls a direct message. */
const KIND = 'direct-message';
const MAX_RECIPIENT_LENGTH = 300;
const MAX_REASON_LENGTH = 500;

/** What is written down about a delivery: its row before and behind it, its result, its line in the log. */
export class DeliveryBook {
  readonly #ledger: Ledger;
  readonly #results: JobSink;
  readonly #counters: DeliveryCounters;
  readonly #clock: Clock;

  constructor(options: {
    readonly ledger: Ledger;
    readonly results: JobSink;
    readonly counters: DeliveryCounters;
    readonly clock: Clock;
  }) {
    this.#ledger = options.ledger;
    this.#results = options.results;
    this.#counters = options.counters;
    this.#clock = options.clock;
  }

  /** Enters the message unless there is a row; gives the row as it stands. */
  plan(event: MissedCall, recipient: string, content: string): Promise<LedgerEntry> {
    const { eventId: id, callId } = event;
    return this.#ledger.plan({ id, kind: KIND, recipient, content, callId });
  }

  /** A row for an event that nobody will be told of, so that it can be asked why. */
  planNothing(event: MissedCall): Promise<LedgerEntry> {
    return this.plan(event, plainText(`sip:${event.callee}@${event.calleeDomain}`, MAX_RECIPIENT_LENGTH), '');
  }

  /** Gives the claim back: X certainly did not take the message. */
  release(claim: LedgerEntry, reason: string): Promise<LedgerEntry | undefined> {
    return this.#ledger.release(claim, reasonText(reason));
  }

  /** Ends the delivery and tells the result. False when the claim is not valid any more, and nothing was done. */
  async end(event: MissedCall, claim: LedgerEntry, outcome: Outcome, logger: Logger): Promise<boolean> {
    const { state } = outcome;
    const reason = outcome.reason === undefined ? {} : { reason: reasonText(outcome.reason) };
    const ended = await this.#ledger.finish(claim, { ...outcome, ...reason });
    if (ended === undefined || !isEnded(ended)) {
      logger.warn('Another worker took the message over', { state, remoteId: outcome.remoteId });
      return false;
    }
    this.#counters[state].value += 1;
    const { recipient, remoteId } = ended;
    if (state === 'done') {
      logger.info('Direct message sent', { recipient, remoteId, sinceCallMs: this.#clock.now() - event.at });
    } else {
      logger.warn(`Direct message ${state}`, { recipient, ...reason });
    }
    await this.publish(ended);
    return true;
  }

  /** Tells the result; again, when a worker died before it could. */
  publish(entry: EndedEntry): Promise<void> {
    return publishResult(entry, this.#results);
  }
}

/** X's sentences and our errors, fit for a log line, a row and a result. */
function reasonText(reason: string): string {
  return plainText(reason, MAX_REASON_LENGTH);
}
