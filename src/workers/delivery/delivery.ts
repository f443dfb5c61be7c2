/**
 * The way of a message from its row in the ledger to its end: once, whatever dies in between.
 *
 * A job that comes (again) goes on from the row's state (`db/tables/ledger.ts`):
 *
 *     (no row)  nothing holds it back: planned and claimed in one step, send, and on as below
 *     planned   may it go, now, and on which way? claim (one worker gets it) ──► sending, send,
 *               finish ──► done; a way that refuses it ──► planned, for the next way, or refused
 *     sending   somebody sent and died, or no clear answer came: see below
 *     ended     publish the result (again: its id makes it one) and be through
 *
 * A send is never repeated blindly. From `sending` there are these ways out:
 *
 * 1. A direct message, known by its reference, is in X's list of the conversation: done.
 * 2. The list is complete and lacks it. X may be slow to list, and another worker may still be
 *    sending, so this counts only in a look that begins when the last claim is older, by the
 *    database's clock, than any send can last plus `settleMs`, and has been taken over: then the
 *    message goes back to planned and through the whole way again. There is a first look before,
 *    as soon as no send can be under way, since most messages are there.
 * 3. On the other ways the far side knows a message that comes again (`Channel.uncertainty`): after
 *    the same time it is taken over and sent again, as long as the far side remembers.
 * 4. X does not let us look, there is too much to look at, or the far side has forgotten: parked
 *    with the reason, for people.
 *
 * What remains, since X knows no idempotency key: a process frozen between its last check and the
 * write to the socket, for longer than all these times together, sends what another has sent.
 */
import type { LedgerEntry, Outcome, PlannedEffect } from '../../db/tables/ledger-entry.ts';
import type { User } from '../../db/tables/users.ts';
import { DONE, RELEASE, type JobOutcome } from '../../jobs/queue.ts';
import type { Channel } from './channels/channel.ts';
import { refusalList, refusalText } from './channels/channels.ts';
import { DeliveryBook } from './delivery-book.ts';
import type { DeliveryParts, Run } from './delivery-parts.ts';
import { failureOf } from './failure-policy.ts';
import { HoldingRules, type Holding } from './holding.ts';
import type { Sight } from './look-up-sent.ts';
import { admit } from './recipient.ts';
import { digestText } from '../render/digest.ts';
import { zoneOf } from '../render/local-time.ts';
import { isEnded, type EndedEntry } from './result-publisher.ts';
import { longestSendMs } from './timings.ts';

const HELD_UP = 'the worker was held up before it sent';
const MAX_WAIT_MS = 15 * 60_000;

export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #book: DeliveryBook;
  readonly #holding: HoldingRules;
  #stopping = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#book = new DeliveryBook(parts);
    this.#holding = new HoldingRules(parts);
  }

  /** From now on nothing new is sent: a job that has not begun to send goes back to the queue. */
  stop(): void {
    this.#stopping = true;
  }

  /** A message that is new, as far as is known, to a SIP user as he stands in the database at this moment. */
  begin(run: Run, effect: PlannedEffect, user: User): Promise<JobOutcome> {
    return this.#parts.meter.attribute(effect.id, () => this.#begin(run, effect, user));
  }

  /**
   * Goes on from the state of the row. Rejects when an attempt failed.
   *
   * @param justRead  the SIP user whom it concerns, as he stands in the database at this moment
   */
  resume(run: Run, entry: LedgerEntry, justRead?: User): Promise<JobOutcome> {
    if (isEnded(entry)) return this.#publish(entry);
    return this.#parts.meter.attribute(entry.id, () => (entry.state === 'planned' ? this.#deliver(run, entry, justRead) : this.#settle(run, entry)));
  }

  /** Ends a message that there is nobody for. */
  refuse(run: Run, entry: LedgerEntry, reason: string): Promise<JobOutcome> {
    return entry.state === 'planned' ? this.#end(run, entry, { state: 'refused', reason }) : this.resume(run, entry);
  }

  /**
   * The end behind the last attempt. A message that was certainly not sent has the ways left that it
   * has not tried, one attempt each; one that may be on its way is left to who sends it, or parked.
   */
  async abandon(run: Run, entry: LedgerEntry, why: string): Promise<JobOutcome> {
    if (isEnded(entry)) return this.#publish(entry);
    if (entry.digestId !== undefined) return this.#leaveToDigest(entry);
    const reason = `given up after ${run.attempts} attempts: ${why}`;
    if (entry.state === 'planned') {
      const { channel } = entry;
      // A way that is closed already was not what failed.
      if (channel === undefined || Object.hasOwn(entry.refusals, channel)) return this.#giveUp(run, entry, 'refused', reason);
      return this.#passOn(run, entry, channel, reason, { kind: 'dead', reason });
    }
    // Another worker may be sending just now, and will know better.
    const taken = await this.#parts.ledger.takeOver(entry, longestSendMs(this.#parts.timings));
    return taken === undefined ? this.leave() : this.#giveUp(run, taken, 'parked', reason);
  }

  waitUntil(atMs: number, reason: string): JobOutcome {
    this.#parts.counters.waits.value += 1;
    return { kind: 'retry-at', atMs, reason };
  }

  waitFor(ms: number, reason: string): JobOutcome {
    // A clock that was set back may ask for years.
    return this.waitUntil(this.#parts.clock.now() + Math.min(ms, MAX_WAIT_MS), reason);
  }

  /** To another worker, which has the claim now; and back here to see what it made of it. */
  leave(): JobOutcome {
    return this.waitFor(longestSendMs(this.#parts.timings), 'another worker is about it');
  }

  async #begin(run: Run, effect: PlannedEffect, user: User): Promise<JobOutcome> {
    const { ledger, clock, storm } = this.#parts;
    const channel = await this.#openWay(effect, user);
    if (channel === undefined) return this.resume(run, await ledger.plan(effect), user);
    if (this.#stopping) return RELEASE;
    const claimedAtMs = clock.now();
    const entry = await ledger.planAndClaim(effect, { channel: channel.name, storm });
    if (entry === undefined) return this.resume(run, await ledger.plan(effect), user);
    if (entry.state === 'planned') return this.#deliver(run, entry, user);
    return this.#sendClaimed(run, entry, user, channel, claimedAtMs);
  }

  /** The way of a new message when nothing holds it back that can be known without its row. */
  async #openWay({ kind, sipUser, replyTo }: PlannedEffect, user: User): Promise<Channel | undefined> {
    if (this.#holding.isQuiet(user)) return undefined;
    const entry = { kind, sipUser, replyTo, refusals: {} };
    const channel = this.#parts.channels.next({ entry, user });
    return channel === undefined || (await channel.held(entry)) !== undefined ? undefined : channel;
  }

  async #deliver(run: Run, entry: LedgerEntry, justRead?: User): Promise<JobOutcome> {
    const { users, x, clock } = this.#parts;
    if (entry.digestId !== undefined) return this.#leaveToDigest(entry);
    const early = entry.notBefore?.getTime();
    if (early !== undefined && early > clock.now()) return this.waitUntil(early, entry.reason ?? 'it is not time yet');
    const admission = await admit(entry, users, x, justRead);
    if (admission.kind === 'no') return this.#end(run, entry, { state: 'refused', reason: admission.reason });
    const { user } = admission;
    const holding = await this.#holding.check(entry, user);
    if (holding.kind !== 'free') return this.#hold(run, entry, holding);
    const ready = entry.kind === 'digest' ? await this.#close(entry, user!) : entry;
    if (ready === undefined || ready.state !== 'planned') return this.leave();
    // Another worker was faster with all that were to join it.
    if (ready.kind === 'digest' && ready.content === '') return this.#end(run, ready, { state: 'refused', reason: 'it has nothing to tell' });
    return this.#choose(run, ready, user);
  }

  /** Finds the way, claims and sends. */
  async #choose(run: Run, entry: LedgerEntry, user: User | undefined): Promise<JobOutcome> {
    const { ledger, channels, clock } = this.#parts;
    const channel = channels.next({ entry, user });
    if (channel === undefined) {
      return this.#end(run, entry, { state: 'refused', reason: refusalText(entry) ?? 'there is no way to tell it' });
    }
    const hold = await channel.held(entry);
    if (hold !== undefined) {
      await this.#book.putOff(entry, hold.untilMs, hold.reason);
      return this.waitUntil(hold.untilMs, hold.reason);
    }
    if (this.#stopping) return RELEASE;
    // Wall-clock time: the monotonic one stands still while the machine sleeps.
    const claimedAtMs = clock.now();
    const claim = await ledger.claim(entry.id, channel.name);
    return claim === undefined ? this.leave() : this.#sendClaimed(run, claim, user, channel, claimedAtMs);
  }

  async #sendClaimed(run: Run, claim: LedgerEntry, user: User | undefined, channel: Channel, claimedAtMs: number): Promise<JobOutcome> {
    const { clock, timings } = this.#parts;
    if (clock.now() - claimedAtMs > timings.claimMs) {
      await this.#book.release(claim, HELD_UP);
      return this.waitFor(0, HELD_UP);
    }
    return this.#send(run, claim, user, channel);
  }

  async #send(run: Run, claim: LedgerEntry, user: User | undefined, channel: Channel): Promise<JobOutcome> {
    let remoteId: string | undefined;
    try {
      remoteId = (await channel.send({ entry: claim, user })).remoteId;
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (failure === undefined) throw thrown;
      if (failure.action === 'refuse') return this.#passOn(run, claim, channel.name, failure.reason);
      if (failure.action !== 'look') await this.#book.release(claim, failure.reason);
      throw thrown;
    }
    const refused = refusalList(claim);
    return this.#end(run, claim, {
      state: 'done',
      ...(remoteId === undefined ? {} : { remoteId }),
      ...(refused === '' ? {} : { reason: `refused before: ${refused}` }),
    });
  }

  /** A way is closed: on to the next one, or the end. */
  async #passOn(run: Run, claim: LedgerEntry, channel: string, reason: string, through: JobOutcome = DONE): Promise<JobOutcome> {
    const { channels, users, counters } = this.#parts;
    const user = claim.sipUser === undefined ? undefined : await users.findBySipUser(claim.sipUser);
    const refusals = { ...claim.refusals, [channel]: reason };
    if (channels.next({ entry: { ...claim, refusals }, user }) === undefined) {
      return this.#end(run, claim, { state: 'refused', reason: refusalText({ refusals })! }, through);
    }
    const free = await this.#book.refuse(claim, channel, reason);
    if (free === undefined) return this.leave();
    counters.passedOn.value += 1;
    run.logger.info('A way is closed to the message: trying the next', { channel, reason });
    return this.#deliver(run, free);
  }

  /** The way out of `sending`; see the head of this file. */
  async #settle(run: Run, entry: LedgerEntry): Promise<JobOutcome> {
    const { ledger, clock, timings, channels } = this.#parts;
    const sureAfterMs = longestSendMs(timings) + timings.settleMs;
    // Two clocks are compared here, which decides when to look. Whether to believe it, `takeOver` decides by one.
    const ageMs = clock.now() - entry.updatedAt.getTime();
    if (ageMs < longestSendMs(timings)) return this.waitFor(longestSendMs(timings) - ageMs, 'it may be on its way');
    const channel = channels.find(entry.channel ?? 'dm');
    const isSure = ageMs >= sureAfterMs;
    if (!isSure && channel?.uncertainty.kind !== 'look') return this.waitFor(sureAfterMs - ageMs, 'it may have arrived');
    const claim = isSure ? await ledger.takeOver(entry, sureAfterMs) : entry;
    if (claim === undefined) return this.leave();
    if (channel === undefined) return this.#park(run, claim, `"${entry.channel}" is not set up any more`);
    const { uncertainty } = channel;
    if (uncertainty.kind === 'look') return this.#look(run, claim, uncertainty.find, isSure ? undefined : sureAfterMs - ageMs);
    if (run.isLast) return this.#park(run, claim, 'no attempt is left to send it again');
    if (ageMs > uncertainty.repeatableMs) return this.#park(run, claim, 'it is too long ago to send it again');
    return this.#again(run, claim, 'a send had no clear end: the same once more, which is known again');
  }

  async #look(run: Run, claim: LedgerEntry, find: (entry: LedgerEntry) => Promise<Sight>, againInMs: number | undefined): Promise<JobOutcome> {
    const sight = await sightOf(claim, find);
    if (sight.kind === 'found') {
      const { remoteId } = sight;
      this.#parts.counters.found.value += 1;
      run.logger.info('X has the message whose sending had no clear end', { remoteId });
      return this.#end(run, claim, { state: 'done', remoteId });
    }
    if (sight.kind === 'unclear') return this.#park(run, claim, sight.reason);
    if (againInMs !== undefined) return this.waitFor(againInMs, 'X does not list it, yet');
    if (run.isLast) {
      return this.#giveUp(run, claim, 'refused', `given up after ${run.attempts} attempts: no send had a clear end, and X does not have the message`);
    }
    return this.#again(run, claim, 'a send had no clear end, and X does not have the message');
  }

  async #again(run: Run, claim: LedgerEntry, reason: string): Promise<JobOutcome> {
    const free = await this.#book.release(claim, reason);
    if (free === undefined) return this.leave();
    run.logger.warn('A send had no clear end: sending it again', { claims: free.attempt, reason });
    return this.#deliver(run, free);
  }

  async #hold(run: Run, entry: LedgerEntry, holding: Exclude<Holding, { kind: 'free' }>): Promise<JobOutcome> {
    if (holding.kind === 'joined') {
      this.#parts.counters.held.value += 1;
      run.logger.info('The message is told in a digest', { digest: holding.entry.digestId, reason: holding.entry.reason });
      return this.#leaveToDigest(holding.entry);
    }
    const { untilMs, reason, isNoted } = holding;
    if (isNoted) await this.#book.putOff(entry, untilMs, reason);
    return this.waitUntil(untilMs, reason);
  }

  async #leaveToDigest(entry: LedgerEntry): Promise<JobOutcome> {
    await this.#book.wakeDigest(entry);
    return DONE;
  }

  #close(digest: LedgerEntry, { locale, timeZone }: User): Promise<LedgerEntry | undefined> {
    const reader = { locale, timeZone: zoneOf(timeZone, this.#parts.timeZone) };
    return this.#parts.digests.close(digest.id, (members) => digestText(members, reader));
  }

  #park(run: Run, claim: LedgerEntry, why: string): Promise<JobOutcome> {
    return this.#end(run, claim, { state: 'parked', reason: `nobody knows whether it was sent: ${why}` });
  }

  #giveUp(run: Run, claim: LedgerEntry, state: 'refused' | 'parked', reason: string): Promise<JobOutcome> {
    return this.#end(run, claim, { state, reason }, { kind: 'dead', reason });
  }

  /** An end of the way: through with the job, unless another worker took it over meanwhile. */
  async #end(run: Run, claim: LedgerEntry, outcome: Outcome, through: JobOutcome = DONE): Promise<JobOutcome> {
    return (await this.#book.end(claim, outcome, run.logger)) ? through : this.leave();
  }

  async #publish(entry: EndedEntry): Promise<JobOutcome> {
    await this.#book.publish(entry);
    return DONE;
  }
}

async function sightOf(entry: LedgerEntry, find: (entry: LedgerEntry) => Promise<Sight>): Promise<Sight> {
  try {
    return await find(entry);
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (failure?.action !== 'refuse') throw thrown;
    return { kind: 'unclear', reason: failure.reason };
  }
}
