/**
 * The ledger and the users for workers with many jobs at once: the same methods, and what several
 * jobs ask for at the same time is one statement (`base/batched.ts`). A message takes four
 * statements from its job to its end; at 500 messages a second that would be 2,000 round trips, and 1,500 commits.
 */
import type { Knex } from 'knex';
import { Batched, GATHER_MS } from '../base/batched.ts';
import type { Clock } from '../base/clock.ts';
import { asUnreachable, sqlState } from './connection.ts';
import type { Claim, FirstClaim, LedgerEntry, Outcome, PlannedEffect } from './tables/ledger-entry.ts';
import { LedgerTable } from './tables/ledger.ts';
import { UsersTable, type User } from './tables/users.ts';

const idOf = ({ id }: { readonly id: string }): string => id;

/** A statement that PostgreSQL has refused, as against a PostgreSQL that is away. */
function isOnesFault(thrown: unknown): boolean {
  return sqlState(thrown) !== undefined && asUnreachable(thrown, '') === undefined;
}

/** A statement takes a few milliseconds. One that takes so long waits for somebody's lock, and the others do not wait with it. */
const PATIENCE_MS = 100;

export class BatchedLedger extends LedgerTable {
  readonly #patience: { readonly clock: Clock; readonly ms: number };
  readonly #find: Batched<string, LedgerEntry | undefined>;
  readonly #plan: Batched<PlannedEffect, LedgerEntry>;
  readonly #planAndClaim: Batched<{ readonly effect: PlannedEffect; readonly claim: FirstClaim }, LedgerEntry | undefined>;
  readonly #claim: Batched<{ readonly id: string; readonly channel: string | undefined }, LedgerEntry | undefined>;
  readonly #finish: Batched<Claim & Outcome, LedgerEntry | undefined>;
  /** One for each length of the window that is asked for: there is one in a process. */
  readonly #counts = new Map<number, Batched<string, number>>();

  constructor(db: Knex, clock: Clock) {
    super(db);
    const patience = { clock, ms: PATIENCE_MS };
    const gather = { clock, ms: GATHER_MS };
    this.#patience = patience;
    this.#find = new Batched({ run: (ids) => this.findAll(ids), isOnesFault, patience });
    this.#plan = new Batched<PlannedEffect, LedgerEntry>({ run: (effects) => this.planAll(effects), keyOf: idOf, isOnesFault, patience });
    this.#planAndClaim = new Batched<{ readonly effect: PlannedEffect; readonly claim: FirstClaim }, LedgerEntry | undefined>({
      run: (wanted) => this.planAndClaimAll(wanted),
      keyOf: ({ effect }) => effect.id,
      isOnesFault,
      gather,
      patience,
    });
    this.#claim = new Batched<{ readonly id: string; readonly channel: string | undefined }, LedgerEntry | undefined>({ run: (wanted) => this.claimAll(wanted), keyOf: idOf, isOnesFault, patience });
    this.#finish = new Batched<Claim & Outcome, LedgerEntry | undefined>({ run: (ends) => this.finishAll(ends), keyOf: idOf, isOnesFault, gather, patience });
  }

  override find(id: string): Promise<LedgerEntry | undefined> {
    return this.#find.call(id);
  }

  override plan(effect: PlannedEffect): Promise<LedgerEntry> {
    return this.#plan.call(effect);
  }

  override planAndClaim(effect: PlannedEffect, claim: FirstClaim): Promise<LedgerEntry | undefined> {
    return this.#planAndClaim.call({ effect, claim });
  }

  override claim(id: string, channel?: string): Promise<LedgerEntry | undefined> {
    return this.#claim.call({ id, channel });
  }

  override finish({ id, attempt }: Claim, outcome: Outcome): Promise<LedgerEntry | undefined> {
    return this.#finish.call({ ...outcome, id, attempt });
  }

  override countBefore(id: string, windowMs: number): Promise<number> {
    let counts = this.#counts.get(windowMs);
    if (counts === undefined) {
      counts = new Batched({ run: (ids) => this.countsBefore(ids, windowMs), isOnesFault, patience: this.#patience });
      this.#counts.set(windowMs, counts);
    }
    return counts.call(id);
  }
}

export class BatchedUsers extends UsersTable {
  readonly #find: Batched<string, User | undefined>;

  constructor(db: Knex, clock: Clock) {
    super(db);
    this.#find = new Batched({ run: (names) => this.findAllBySipUser(names), isOnesFault, patience: { clock, ms: PATIENCE_MS } });
  }

  override findBySipUser(sipUser: string): Promise<User | undefined> {
    return this.#find.call(sipUser);
  }
}
