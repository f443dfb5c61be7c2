/**
 * The ledger: a row for each effect that leaves the house, keyed by the event that caused it, so
 * that a retry, a second worker or a restart never causes it twice.
 *
 *               plan          claim           finish
 *     (nothing) ───► planned ──────► sending ───────► done | refused | parked
 *                       ▲  release     │  ▲
 *                       └──────────────┘  └ takeOver: a worker died; find out what X has
 *
 * Every step is one statement that names the state it starts from. `attempt` counts the claims
 * and is the fence: a worker that slept through a `takeOver` cannot finish what is not his.
 */
import type { Knex } from 'knex';

/**
 * What a row is about, which decides how it may be delivered:
 * - `direct-message`: a missed call. `instant-message`: a SIP MESSAGE to somebody without a phone. Both wait for the end of quiet hours.
 * - `answer`: to a command, the way it came. `outcome`: how a call ended. `reminder`: what its name says. At once at any hour.
 * - `digest`: several held back in one.
 */
export const LEDGER_KINDS = ['direct-message', 'instant-message', 'answer', 'outcome', 'reminder', 'digest'] as const;

export type LedgerKind = (typeof LEDGER_KINDS)[number];

export type LedgerState = 'planned' | 'sending' | 'done' | 'refused' | 'parked';

/** What is to happen. */
export interface PlannedEffect {
  /** Key of the event: `missed-call:<…>`. */
  readonly id: string;
  /** `direct-message` is a missed call; the others are in `LEDGER_KINDS`. */
  readonly kind: string;
  /** Whom it goes to: X user id or name. */
  readonly recipient: string;
  /** The text as it will be sent; reconciliation looks for it. */
  readonly content: string;
  readonly callId?: string;
  /** SIP user whom it concerns: his quiet hours and his second channel count. */
  readonly sipUser?: string;
  /** Post of the recipient that it may be said under: the first choice of an `answer`, the second of all else. */
  readonly replyTo?: string;
  /** Not to be sent before. */
  readonly notBefore?: Date;
  /** The other person of the event, `user@host`: whom "call back" calls. */
  readonly counterparty?: string;
}

export interface LedgerEntry {
  readonly id: string;
  readonly kind: string;
  readonly state: LedgerState;
  /** Why it is in this state: for people. */
  readonly reason: string | undefined;
  /** How many times it was claimed. */
  readonly attempt: number;
  readonly recipient: string;
  readonly content: string;
  /** What X calls the result (the DM event's id). */
  readonly remoteId: string | undefined;
  readonly callId: string | undefined;
  readonly sipUser: string | undefined;
  readonly replyTo: string | undefined;
  readonly notBefore: Date | undefined;
  readonly counterparty: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Outcome {
  readonly state: 'done' | 'refused' | 'parked';
  readonly reason?: string;
  readonly remoteId?: string;
}

/** A claim that its holder got from `claim` or `takeOver`. */
export type Claim = Pick<LedgerEntry, 'id' | 'attempt'>;

interface LedgerRow {
  id: string;
  kind: string;
  state: LedgerState;
  reason: string | null;
  attempt: number;
  recipient: string;
  content: string;
  remote_id: string | null;
  call_id: string | null;
  sipuser: string | null;
  reply_to: string | null;
  not_before: Date | null;
  counterparty: string | null;
  created_at: Date;
  updated_at: Date;
}

export class LedgerTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** Enters the effect unless it is there; returns the entry as it stands, whoever made it. */
  async plan(effect: PlannedEffect): Promise<LedgerEntry> {
    const { id, kind, recipient, content, callId, sipUser, replyTo, notBefore, counterparty } = effect;
    // The update changes nothing: it makes an existing row come back from the same statement.
    const rows = await this.#run(
      `insert into ledger (id, kind, state, recipient, content, call_id, sipuser, reply_to, not_before, counterparty)
       values (?, ?, 'planned', ?, ?, ?, ?, ?, ?, ?)
       on conflict (id) do update set id = excluded.id returning *`,
      [id, kind, recipient, content, callId ?? null, sipUser ?? null, replyTo ?? null, notBefore ?? null, counterparty ?? null],
    );
    return toEntry(rows[0]!);
  }

  /** From `planned` to `sending`. `undefined` when it is not planned: another worker has it, or it is over. */
  async claim(id: string): Promise<LedgerEntry | undefined> {
    return this.#step(
      `update ledger set state = 'sending', attempt = attempt + 1, reason = null, updated_at = now()
       where id = ? and state = 'planned' returning *`,
      [id],
    );
  }

  /**
   * From `sending` to `sending` under a new claim, for one that has not moved for so long that its
   * worker must be dead. The new holder asks X what it has before anything else.
   */
  async takeOver(claim: Claim, olderThanMs: number): Promise<LedgerEntry | undefined> {
    return this.#step(
      `update ledger set attempt = attempt + 1, updated_at = now()
       where id = ? and attempt = ? and state = 'sending' and updated_at <= now() - make_interval(secs => ?) returning *`,
      [claim.id, claim.attempt, olderThanMs / 1000],
    );
  }

  /** Back from `sending` to `planned`: X certainly did not take it (429, 5xx before a send, refused connection). */
  async release(claim: Claim, reason: string): Promise<LedgerEntry | undefined> {
    return this.#step(
      `update ledger set state = 'planned', reason = ?, updated_at = now()
       where id = ? and attempt = ? and state = 'sending' returning *`,
      [reason, claim.id, claim.attempt],
    );
  }

  /**
   * Ends the effect, from `sending` or, when it never came to a send, from `planned`.
   * `undefined` when the claim is not the last one, or it is over already.
   */
  async finish(claim: Claim, outcome: Outcome): Promise<LedgerEntry | undefined> {
    return this.#step(
      `update ledger set state = ?, reason = ?, remote_id = ?, updated_at = now()
       where id = ? and attempt = ? and state in ('planned', 'sending') returning *`,
      [outcome.state, outcome.reason ?? null, outcome.remoteId ?? null, claim.id, claim.attempt],
    );
  }

  async find(id: string): Promise<LedgerEntry | undefined> {
    return this.#step('select * from ledger where id = ?', [id]);
  }

  /** Entries in that state, the longest unchanged first. */
  async listByState(state: LedgerState, limit = 100): Promise<readonly LedgerEntry[]> {
    const rows = await this.#run('select * from ledger where state = ? order by updated_at, id limit ?', [state, limit]);
    return rows.map(toEntry);
  }

  /** Entries that are `sending` and have not moved for that long, by the database's clock. */
  async findSending(olderThanMs: number, limit = 100): Promise<readonly LedgerEntry[]> {
    const rows = await this.#run(
      `select * from ledger where state = 'sending' and updated_at <= now() - make_interval(secs => ?)
       order by updated_at, id limit ?`,
      [olderThanMs / 1000, limit],
    );
    return rows.map(toEntry);
  }

  async #step(sql: string, params: readonly Knex.RawBinding[]): Promise<LedgerEntry | undefined> {
    const [row] = await this.#run(sql, params);
    return row === undefined ? undefined : toEntry(row);
  }

  async #run(sql: string, params: readonly Knex.RawBinding[]): Promise<LedgerRow[]> {
    return (await this.#db.raw<{ rows: LedgerRow[] }>(sql, params)).rows;
  }
}

function toEntry(row: LedgerRow): LedgerEntry {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    reason: row.reason ?? undefined,
    attempt: row.attempt,
    recipient: row.recipient,
    content: row.content,
    remoteId: row.remote_id ?? undefined,
    callId: row.call_id ?? undefined,
    sipUser: row.sipuser ?? undefined,
    replyTo: row.reply_to ?? undefined,
    notBefore: row.not_before ?? undefined,
    counterparty: row.counterparty ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
