/** What keeps a planned message from being sent now although its way is free. */
import type { Clock } from '../../base/clock.ts';
import { quietUntil } from '../../commands/quiet-hours.ts';
import type { LedgerEntry } from '../../db/tables/ledger-entry.ts';
import type { User } from '../../db/tables/users.ts';
import type { Digests, Ledger } from './ports.ts';
import { zoneOf } from '../render/local-time.ts';
import { isAnswer, isHoldable } from './rules.ts';

/** From how many messages on a user gets one digest in place of many, and in what time. */
export interface StormLimit {
  /** `x.stormMessages`: what one user is told by itself within the window. */
  readonly messages: number;
  /** `x.stormWindowMs` */
  readonly windowMs: number;
}

export type Holding =
  | { readonly kind: 'free' }
  /** `isNoted` says that the row is to tell about it. */
  | { readonly kind: 'wait'; readonly untilMs: number; readonly reason: string; readonly isNoted: boolean }
  /** It is in a digest now. */
  | { readonly kind: 'joined'; readonly entry: LedgerEntry };

const FREE: Holding = { kind: 'free' };
/** How soon to look again whether the answer before this one is through. */
const TURN_MS = 500;
/** An answer before this one that has not moved for so long is stuck, and holds nobody up. */
const STUCK_MS = 15 * 60_000;

/**
 * - Quiet hours: missed calls and instant messages join the digest of their end; a digest waits.
 * - A storm: past the limit they join the digest of the end of the window.
 * - Order: an answer waits for the ones that were planned before it for the same person.
 */
export class HoldingRules {
  readonly #parts: HoldingParts;

  constructor(parts: HoldingParts) {
    this.#parts = parts;
  }

  async check(entry: LedgerEntry, user: User | undefined): Promise<Holding> {
    if (isAnswer(entry)) return this.#turn(entry);
    if (user === undefined || (!isHoldable(entry) && entry.kind !== 'digest')) return FREE;
    const nowMs = this.#parts.clock.now();
    const quietEndMs = this.#quietUntil(user, nowMs);
    if (entry.kind === 'digest') {
      return quietEndMs === undefined ? FREE : { kind: 'wait', untilMs: quietEndMs, reason: 'quiet hours', isNoted: true };
    }
    if (quietEndMs !== undefined) return this.#join(entry, user, quietEndMs, 'quiet hours');
    const { messages, windowMs } = this.#parts.storm;
    if ((await this.#parts.ledger.countBefore(entry.id, windowMs)) < messages) return FREE;
    const windowEndMs = (Math.floor(nowMs / windowMs) + 1) * windowMs;
    return this.#join(entry, user, windowEndMs, `more than ${messages} messages within ${windowMs / 60_000} minutes`);
  }

  /** Whether the user's quiet hours hold a message back now. */
  isQuiet(user: User): boolean {
    return this.#quietUntil(user, this.#parts.clock.now()) !== undefined;
  }

  async #join(entry: LedgerEntry, user: User, dueMs: number, reason: string): Promise<Holding> {
    const { sipUser } = user;
    const digest = { id: `digest:${sipUser}:${dueMs}`, recipient: entry.recipient, sipUser, dueAt: new Date(dueMs) };
    const joined = await this.#parts.digests.hold(entry.id, digest, `held for a digest: ${reason}`);
    if (joined !== undefined) return { kind: 'joined', entry: joined };
    // The digest was closed already, or another worker has the message: it is seen to when the time is over.
    return { kind: 'wait', untilMs: dueMs, reason, isNoted: true };
  }

  async #turn(entry: LedgerEntry): Promise<Holding> {
    const before = await this.#parts.ledger.unsentBefore(entry.id, STUCK_MS);
    if (before === undefined) return FREE;
    const soonMs = this.#parts.clock.now() + TURN_MS;
    return { kind: 'wait', untilMs: Math.max(soonMs, before.notBefore?.getTime() ?? 0), reason: `after ${before.id}`, isNoted: false };
  }

  #quietUntil({ quietFrom: from, quietTo: to, timeZone }: User, nowMs: number): number | undefined {
    if (from === undefined || to === undefined) return undefined;
    return quietUntil(nowMs, { from, to, zone: zoneOf(timeZone, this.#parts.timeZone) });
  }
}

export interface HoldingParts {
  readonly ledger: Ledger;
  readonly digests: Digests;
  readonly storm: StormLimit;
  /** For users who never chose one. */
  readonly timeZone: string;
  readonly clock: Clock;
}
