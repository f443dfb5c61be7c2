import type { Clock } from '../../../src/base/clock.ts';
import type { NewDigest } from '../../../src/db/tables/digests.ts';
import type { Claim, FirstClaim, LedgerEntry, Outcome, PlannedEffect } from '../../../src/db/tables/ledger-entry.ts';
import type { Digests, Ledger } from '../../../src/workers/delivery/ports.ts';

/** The ledger and its digests on the clock of a test; `memory-ledger.test.ts` holds it against the real ones. */
export class MemoryLedger implements Ledger, Digests {
  readonly entries = new Map<string, LedgerEntry>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async find(id: string): Promise<LedgerEntry | undefined> {
    return this.entries.get(id);
  }

  async plan(effect: PlannedEffect): Promise<LedgerEntry> {
    const known = this.entries.get(effect.id);
    if (known !== undefined) return known;
    const now = new Date(this.#clock.now());
    const { id, kind, recipient, content, callId, sipUser, replyTo, notBefore, counterparty } = effect;
    const entry: LedgerEntry = {
      id,
      kind,
      recipient,
      content,
      callId,
      sipUser,
      replyTo,
      notBefore,
      counterparty,
      state: 'planned',
      attempt: 0,
      reason: undefined,
      remoteId: undefined,
      channel: undefined,
      refusals: {},
      digestId: undefined,
      createdAt: now,
      updatedAt: now,
    };
    this.entries.set(id, entry);
    return entry;
  }

  async planAndClaim(effect: PlannedEffect, { channel, storm }: FirstClaim): Promise<LedgerEntry | undefined> {
    if (this.entries.has(effect.id)) return undefined;
    const planned = await this.plan(effect);
    return (await this.countBefore(effect.id, storm.windowMs)) < storm.messages ? this.claim(effect.id, channel) : planned;
  }

  async claim(id: string, channel?: string): Promise<LedgerEntry | undefined> {
    const entry = this.entries.get(id);
    if (entry?.state !== 'planned' || entry.digestId !== undefined) return undefined;
    return this.#set(entry, { state: 'sending', attempt: entry.attempt + 1, channel: channel ?? entry.channel, reason: undefined });
  }

  async takeOver(claim: Claim, olderThanMs: number): Promise<LedgerEntry | undefined> {
    const entry = this.#held(claim);
    if (entry?.state !== 'sending' || this.#clock.now() - entry.updatedAt.getTime() < olderThanMs) return undefined;
    return this.#set(entry, { attempt: entry.attempt + 1 });
  }

  async release(claim: Claim, reason: string): Promise<LedgerEntry | undefined> {
    const entry = this.#held(claim);
    if (entry?.state !== 'sending') return undefined;
    return this.#set(entry, { state: 'planned', reason });
  }

  async refuse(claim: Claim, channel: string, reason: string): Promise<LedgerEntry | undefined> {
    const entry = this.#held(claim);
    if (entry?.state !== 'sending' && entry?.state !== 'planned') return undefined;
    return this.#set(entry, { state: 'planned', reason, refusals: { ...entry.refusals, [channel]: reason } });
  }

  async putOff(id: string, until: Date, reason: string): Promise<LedgerEntry | undefined> {
    const entry = this.entries.get(id);
    return entry?.state === 'planned' ? this.#set(entry, { notBefore: until, reason }) : undefined;
  }

  async finish(claim: Claim, { state, reason, remoteId }: Outcome): Promise<LedgerEntry | undefined> {
    const entry = this.#held(claim);
    if ((entry?.state !== 'sending' && entry?.state !== 'planned') || entry.digestId !== undefined) return undefined;
    const ended = { state, reason, remoteId };
    for (const member of this.#membersOf(entry.id)) this.#set(member, { ...ended, channel: entry.channel });
    return this.#set(entry, ended);
  }

  async unsentBefore(id: string, freshMs: number): Promise<LedgerEntry | undefined> {
    const now = this.#clock.now();
    const own = this.entries.get(id)!;
    return this.#before(id).find(
      (other) =>
        other.recipient === own.recipient &&
        (other.state === 'planned' || other.state === 'sending') &&
        (other.kind === 'answer' || other.kind === 'farewell') &&
        ((other.notBefore?.getTime() ?? 0) <= now || (own.kind !== 'farewell' && (other.replyTo === undefined) === (own.replyTo === undefined))) &&
        Math.max(other.updatedAt.getTime(), other.notBefore?.getTime() ?? 0) > now - freshMs,
    );
  }

  async countBefore(id: string, windowMs: number): Promise<number> {
    const own = this.entries.get(id)!;
    return this.#before(id).filter(
      (other) =>
        other.sipUser === own.sipUser &&
        (other.kind === 'direct-message' || other.kind === 'instant-message') &&
        other.digestId === undefined &&
        other.state !== 'refused' &&
        other.createdAt.getTime() > own.createdAt.getTime() - windowMs,
    ).length;
  }

  async hold(id: string, digest: NewDigest, reason: string): Promise<LedgerEntry | undefined> {
    const entry = this.entries.get(id);
    const known = this.entries.get(digest.id);
    if (entry?.state !== 'planned' || entry.digestId !== undefined) return undefined;
    if (known !== undefined && (known.state !== 'planned' || known.content !== '')) return undefined;
    const { recipient, sipUser, dueAt: notBefore } = digest;
    await this.plan({ id: digest.id, kind: 'digest', recipient, content: '', sipUser, notBefore });
    return this.#set(entry, { digestId: digest.id, notBefore: this.entries.get(digest.id)!.notBefore, reason });
  }

  async close(id: string, render: (members: readonly LedgerEntry[]) => string): Promise<LedgerEntry | undefined> {
    const entry = this.entries.get(id);
    if (entry === undefined || entry.state !== 'planned' || entry.content !== '') return entry;
    return this.#set(entry, { content: render(await this.members(id)) });
  }

  async members(id: string): Promise<readonly LedgerEntry[]> {
    return this.#membersOf(id);
  }

  #membersOf(id: string): readonly LedgerEntry[] {
    return [...this.entries.values()].filter(({ digestId }) => digestId === id);
  }

  /** Those planned before that one: a map keeps the order. */
  #before(id: string): readonly LedgerEntry[] {
    const all = [...this.entries.values()];
    return all.slice(0, all.findIndex((entry) => entry.id === id));
  }

  #held(claim: Claim): LedgerEntry | undefined {
    const entry = this.entries.get(claim.id);
    return entry?.attempt === claim.attempt ? entry : undefined;
  }

  #set(entry: LedgerEntry, change: Partial<LedgerEntry>): LedgerEntry {
    const changed = { ...entry, ...change, updatedAt: new Date(this.#clock.now()) };
    this.entries.set(entry.id, changed);
    return changed;
  }
}
