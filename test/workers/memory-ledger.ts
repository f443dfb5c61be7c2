import type { Clock } from '../../src/base/clock.ts';
import type { Claim, LedgerEntry, Outcome, PlannedEffect } from '../../src/db/tables/ledger.ts';
import type { Ledger } from '../../src/workers/ports.ts';

/** The ledger on the clock of a test; `ledger.test.ts` holds it against the real one. */
export class MemoryLedger implements Ledger {
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
      createdAt: now,
      updatedAt: now,
    };
    this.entries.set(id, entry);
    return entry;
  }

  async claim(id: string): Promise<LedgerEntry | undefined> {
    const entry = this.entries.get(id);
    if (entry?.state !== 'planned') return undefined;
    return this.#set(entry, { state: 'sending', attempt: entry.attempt + 1, reason: undefined });
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

  async finish(claim: Claim, outcome: Outcome): Promise<LedgerEntry | undefined> {
    const entry = this.#held(claim);
    if (entry?.state !== 'sending' && entry?.state !== 'planned') return undefined;
    return this.#set(entry, { state: outcome.state, reason: outcome.reason, remoteId: outcome.remoteId });
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
