/**
 * Turns a missed call into a direct message on X: once, whatever dies in between.
 *
 * The ledger has a row for each event (`db/tables/ledger.ts`). A job that comes (again) goes on from
 * the row's state:
 *
 *     no row    look up who gets it, render, plan ──► planned
 *     planned   claim (one worker gets it) ──► sending, send, finish ──► done | refused
 *     sending   somebody sent and died, or X gave no clear answer: look, see below
 *     ended     publish the result (again: its id makes it one) and be through
 *
 * A send is never repeated blindly. From `sending` there are three ways out:
 *
 * 1. The message, known by its reference, is in X's list of the conversation: done.
 * 2. The list is complete and lacks it. X may be slow to list, and another worker may still be
 *    sending, so this counts only in a look that begins when the last claim is older, by the
 *    database's clock, than any send can last plus `settleMs`, and has been taken over: then the
 *    message goes back to planned and through the whole way again. There is a first look before,
 *    as soon as no send can be under way, since most messages are there.
 * 3. X does not let us look, or there is too much to look at: parked with the reason, for people.
 *
 * Bounds: sends and looks that failed burn the attempts of the contract. Past the last one the event
 * ends as refused (it was certainly not sent) or parked (nobody knows) and as a dead letter. Waiting
 * for a rate limit, a pause, the database or the queue burns none.
 *
 * What remains, since X knows no idempotency key: a process frozen between its last check and the
 * write to the socket, for longer than all these times together, sends what another has sent.
 */
import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { LedgerEntry, Outcome } from '../db/tables/ledger.ts';
import { missedCall, type MissedCall } from '../jobs/contract/missed-call.ts';
import { DONE, RELEASE, type JobOutcome, type JobSink, type RunningJob } from '../jobs/queue.ts';
import { XFailure } from '../x/port.ts';
import { DeliveryBook } from './delivery-book.ts';
import type { DeliveryCounters } from './delivery-counters.ts';
import { FAILURE_POLICY } from './failure-policy.ts';
import { lookUpSent, type Sight } from './look-up-sent.ts';
import { isOutage } from './outage.ts';
import type { PacedX } from './paced-x.ts';
import type { Ledger, Users } from './ports.ts';
import type { QueuePause } from './queue-pause.ts';
import { readMissedCall } from './read-missed-call.ts';
import { findRecipient } from './recipient.ts';
import { zoneOf } from './render/local-time.ts';
import { missedCallText } from './render/missed-call.ts';
import { isEnded, type EndedEntry } from './result-publisher.ts';
import type { DeliveryTimings } from './timings.ts';

const HELD_UP = 'the worker was held up before it sent';
const MAX_WAIT_MS = 15 * 60_000;

export interface DirectMessageParts {
  readonly ledger: Ledger;
  readonly users: Users;
  readonly x: PacedX;
  /** Takes the results. */
  readonly results: JobSink;
  readonly pause: Pick<QueuePause, 'pause'>;
  readonly timings: DeliveryTimings;
  /** For readers who never chose one. */
  readonly timeZone: string;
  readonly counters: DeliveryCounters;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One handling of one job. */
interface Run {
  readonly event: MissedCall;
  /** No attempt is left behind this one. */
  readonly isLast: boolean;
  readonly logger: Logger;
}

export class DirectMessageProcessor {
  readonly #parts: DirectMessageParts;
  readonly #book: DeliveryBook;
  #stopping = false;

  constructor(parts: DirectMessageParts) {
    this.#parts = parts;
    this.#book = new DeliveryBook(parts);
  }

  /** From now on nothing new is sent: a job that has not begun to send goes back to the queue. */
  stop(): void {
    this.#stopping = true;
  }

  /** Handles a job of the contract `missed-call`. Rejects when an attempt is to be burned. */
  async handle(job: RunningJob): Promise<JobOutcome> {
    const read = readMissedCall(job.data);
    if (!read.ok) return this.#reject(job, read.problems.join('; '));
    const event = read.payload;
    const { eventId, callId } = event;
    const run: Run = {
      event,
      isLast: job.attempt >= missedCall.retry.attempts,
      logger: this.#parts.logger.child({ eventId, callId }),
    };
    try {
      return await this.#resume(run, await this.#parts.ledger.find(eventId));
    } catch (thrown) {
      return this.#afterError(run, thrown);
    }
  }

  #reject(job: RunningJob, reason: string): JobOutcome {
    this.#parts.counters.rejected.value += 1;
    this.#parts.logger.error('Not a missed call: kept as a dead letter', { jobId: job.id, reason });
    return { kind: 'dead', reason };
  }

  #resume(run: Run, entry: LedgerEntry | undefined): Promise<JobOutcome> {
    if (entry === undefined || entry.state === 'planned') return this.#deliver(run, entry);
    return isEnded(entry) ? this.#publish(entry) : this.#look(run, entry);
  }

  async #deliver(run: Run, known: LedgerEntry | undefined): Promise<JobOutcome> {
    const { ledger, users, x, clock, timings } = this.#parts;
    const { event } = run;
    const recipient = await findRecipient(event.callee, users, x);
    if (recipient.kind === 'nobody') {
      const entry = known ?? (await this.#book.planNothing(event));
      if (entry.state !== 'planned') return this.#resume(run, entry);
      return this.#end(run, entry, { state: 'refused', reason: recipient.reason });
    }
    const entry = known ?? (await this.#book.plan(event, recipient.xUserId, this.#render(event, recipient)));
    if (entry.state !== 'planned') return this.#resume(run, entry);
    if (entry.recipient !== recipient.xUserId) {
      return this.#end(run, entry, { state: 'refused', reason: `"${event.callee}" was mapped to another X user while it waited` });
    }

    const heldUntilMs = x.sendHeldUntilMs;
    if (heldUntilMs !== undefined) return this.#waitUntil(heldUntilMs, 'X has asked to wait');
    if (this.#stopping) return RELEASE;
    // Wall-clock time: the monotonic one stands still while the machine sleeps.
    const claimedAtMs = clock.now();
    const claim = await ledger.claim(entry.id);
    if (claim === undefined) return this.#leave();
    if (clock.now() - claimedAtMs > timings.claimMs) {
      await this.#book.release(claim, HELD_UP);
      return this.#waitFor(0, HELD_UP);
    }
    return this.#send(run, claim);
  }

  async #send(run: Run, claim: LedgerEntry): Promise<JobOutcome> {
    let remoteId: string;
    try {
      const sent = await this.#parts.x.sendDirectMessage({ recipientId: claim.recipient, text: claim.content });
      remoteId = sent.eventId;
    } catch (thrown) {
      if (!(thrown instanceof XFailure)) throw thrown;
      const action = FAILURE_POLICY[thrown.class];
      if (action === 'refuse') return this.#end(run, claim, { state: 'refused', reason: thrown.reason });
      if (action !== 'look') await this.#book.release(claim, thrown.reason);
      throw thrown;
    }
    return this.#end(run, claim, { state: 'done', remoteId });
  }

  /** The way out of `sending`; see the head of this file. */
  async #look(run: Run, entry: LedgerEntry): Promise<JobOutcome> {
    const { ledger, clock, timings, counters } = this.#parts;
    const sureAfterMs = this.#longestSendMs + timings.settleMs;
    // Two clocks are compared here, which decides when to look. Whether to believe it, `takeOver` decides by one.
    const ageMs = clock.now() - entry.updatedAt.getTime();
    if (ageMs < this.#longestSendMs) return this.#waitFor(this.#longestSendMs - ageMs, 'it may be on its way to X');
    const isSure = ageMs >= sureAfterMs;
    const claim = isSure ? await ledger.takeOver(entry, sureAfterMs) : entry;
    if (claim === undefined) return this.#leave();

    const sight = await this.#sight(claim);
    if (sight.kind === 'found') {
      const { remoteId } = sight;
      counters.found.value += 1;
      run.logger.info('X has the message whose sending had no clear end', { remoteId });
      return this.#end(run, claim, { state: 'done', remoteId });
    }
    if (sight.kind === 'unclear') {
      return this.#end(run, claim, { state: 'parked', reason: `nobody knows whether it was sent: ${sight.reason}` });
    }
    if (!isSure) return this.#waitFor(sureAfterMs - ageMs, 'X does not list it, yet');
    if (run.isLast) return this.#giveUp(run, claim, 'refused', 'no send had a clear end, and X does not have the message');
    const free = await this.#book.release(claim, 'a send had no clear end, and X does not have the message');
    if (free === undefined) return this.#leave();
    run.logger.warn('A send had no clear end and X does not have the message: sending it again', { claims: free.attempt });
    return this.#deliver(run, free);
  }

  async #sight(entry: LedgerEntry): Promise<Sight> {
    try {
      return await lookUpSent(entry, this.#parts.x);
    } catch (thrown) {
      if (!(thrown instanceof XFailure) || FAILURE_POLICY[thrown.class] !== 'refuse') throw thrown;
      return { kind: 'unclear', reason: thrown.reason };
    }
  }

  async #afterError(run: Run, thrown: unknown): Promise<JobOutcome> {
    const { timings, counters } = this.#parts;
    const reason = errorText(thrown);
    if (isOutage(thrown)) {
      run.logger.warn('The database or the queue is away: the message waits', { reason });
      return this.#waitFor(timings.outageMs, reason);
    }
    const action = thrown instanceof XFailure ? FAILURE_POLICY[thrown.class] : 'back-off';
    if (action === 'wait') {
      const atMs = (thrown as XFailure).retryAtMs!;
      run.logger.info('X has asked to wait', { until: new Date(atMs).toISOString(), reason });
      return this.#waitUntil(atMs, reason);
    }
    if (action === 'pause') return this.#pauseQueue(run, reason);
    if (!run.isLast) {
      counters.retries.value += 1;
      run.logger.warn('An attempt failed', { reason, next: action === 'look' ? 'asking X whether it was sent' : 'trying again' });
      throw thrown;
    }
    if (action === 'look') return this.#waitFor(this.#longestSendMs, reason);
    try {
      return await this.#abandon(run, reason);
    } catch (failed) {
      if (isOutage(failed)) return this.#waitFor(timings.outageMs, errorText(failed));
      throw failed;
    }
  }

  async #pauseQueue(run: Run, reason: string): Promise<JobOutcome> {
    this.#parts.counters.pauses.value += 1;
    try {
      await this.#parts.pause.pause(reason);
      return RELEASE;
    } catch (thrown) {
      run.logger.warn('The queue cannot be paused: the message waits by itself', { reason: errorText(thrown) });
      return this.#waitFor(this.#parts.timings.pauseMs, reason);
    }
  }

  /** The end behind the last attempt: nothing is known but the row. */
  async #abandon(run: Run, why: string): Promise<JobOutcome> {
    const { ledger } = this.#parts;
    const entry = (await ledger.find(run.event.eventId)) ?? (await this.#book.planNothing(run.event));
    if (isEnded(entry)) return this.#publish(entry);
    if (entry.state === 'planned') return this.#giveUp(run, entry, 'refused', why);
    // Another worker may be sending just now, and will know better.
    const taken = await ledger.takeOver(entry, this.#longestSendMs);
    if (taken === undefined) return this.#leave();
    return this.#giveUp(run, taken, 'parked', why);
  }

  #giveUp(run: Run, claim: LedgerEntry, state: 'refused' | 'parked', why: string): Promise<JobOutcome> {
    const reason = `given up after ${missedCall.retry.attempts} attempts: ${why}`;
    return this.#end(run, claim, { state, reason }, { kind: 'dead', reason });
  }

  /** An end of the way: through with the job, unless another worker took it over meanwhile. */
  async #end(run: Run, claim: LedgerEntry, outcome: Outcome, through: JobOutcome = DONE): Promise<JobOutcome> {
    const isOurs = await this.#book.end(run.event, claim, outcome, run.logger);
    return isOurs ? through : this.#leave();
  }

  async #publish(entry: EndedEntry): Promise<JobOutcome> {
    await this.#book.publish(entry);
    return DONE;
  }

  /** To another worker, which has the claim now; and back here to see what it made of it. */
  #leave(): JobOutcome {
    return this.#waitFor(this.#longestSendMs, 'another worker is about it');
  }

  #render(event: MissedCall, reader: { locale: string; timeZone: string }): string {
    return missedCallText(event, { locale: reader.locale, timeZone: zoneOf(reader.timeZone, this.#parts.timeZone) });
  }

  /** From a claim to the end of its call to X, whatever happens. */
  get #longestSendMs(): number {
    return this.#parts.timings.claimMs + this.#parts.timings.callMs;
  }

  #waitFor(ms: number, reason: string): JobOutcome {
    // A clock that was set back may ask for years.
    const boundMs = Math.min(ms, MAX_WAIT_MS);
    return this.#waitUntil(this.#parts.clock.now() + boundMs, reason);
  }

  #waitUntil(atMs: number, reason: string): JobOutcome {
    this.#parts.counters.waits.value += 1;
    return { kind: 'retry-at', atMs, reason };
  }
}
