/**
 * The ledger: a row for each effect that leaves the house, keyed by the event that caused it, so
 * that a retry, a second worker or a restart never causes it twice.
 *
 *               plan          claim           finish
 *     (nothing) ───► planned ──────► sending ───────► done | refused | parked
 *         └──────── planAndClaim ───────┘
 *                       ▲  release     │  ▲
 *                       └──────────────┘  └ takeOver: a worker died; find out what X has
 *
 * A way that is closed to it (`refuse`) leads from `sending` to `planned` as `release` does, and is
 * remembered. Every step is one statement that names the state it starts from. `attempt` counts the
 * claims and is the fence: a worker that slept through a `takeOver` cannot finish what is not his.
 *
 * A row with a `digestId` belongs to a digest (`db/tables/digests.ts`): it is never claimed, and
 * ends in the statement that ends its digest.
 */
import type { Knex } from 'knex';
import { toEntry, type Claim, type FirstClaim, type LedgerEntry, type LedgerRow, type LedgerState, type Outcome, type PlannedEffect } from './ledger-entry.ts';

const COLUMNS = `id, kind, state, reason, attempt, recipient, content, remote_id, call_id, sipuser, reply_to, not_before, counterparty,
  channel, refusals, digest_id, created_at, updated_at`;

export class LedgerTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** Enters the effect unless it is there; returns the entry as it stands, whoever made it. */
  async plan(effect: PlannedEffect): Promise<LedgerEntry> {
    return (await this.planAll([effect]))[0]!;
  }

  /** The same for several, of different ids, in one statement. */
  async planAll(effects: readonly PlannedEffect[]): Promise<readonly LedgerEntry[]> {
    // The update changes nothing: it makes an existing row come back from the same statement. The clock's time
    // and not the transaction's, so that several rows of one transaction keep their order.
    const rows = await this.#run(
      `insert into ledger (id, kind, state, recipient, content, call_id, sipuser, reply_to, not_before, counterparty, created_at)
       select id, kind, 'planned', recipient, content, call_id, sipuser, reply_to, not_before, counterparty, clock_timestamp()
       from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[])
         as effect (id, kind, recipient, content, call_id, sipuser, reply_to, not_before, counterparty)
       on conflict (id) do update set id = excluded.id returning *`,
      columnsOf(effects, valuesOf),
    );
    return inOrderOf(effects, rows).map((row) => toEntry(row!));
  }

  /**
   * `plan` and `claim` in one step, for an effect that is new as far as anybody knows. `undefined` when it is
   * there already: then nothing was done. It comes back `planned` when its SIP user was told so much that it
   * belongs into a digest. Who counts a user's messages waits for those who are entering some of his.
   */
  async planAndClaim(effect: PlannedEffect, claim: FirstClaim): Promise<LedgerEntry | undefined> {
    return (await this.planAndClaimAll([{ effect, claim }]))[0];
  }

  /** The same for several, of different ids, in one statement. Those before it in the array count for it. */
  async planAndClaimAll(wanted: readonly { readonly effect: PlannedEffect; readonly claim: FirstClaim }[]): Promise<readonly (LedgerEntry | undefined)[]> {
    const rows = await this.#runPrepared(
      'ledger.planAndClaim',
      `with effect as (
         select *, row_number() over (partition by sipuser order by place) - 1 as before_it
         from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[], ?::text[], ?::int[], ?::float8[])
           with ordinality as given (id, kind, recipient, content, call_id, sipuser, reply_to, not_before, counterparty, channel, messages, window_secs, place)
         where not exists (select from ledger where ledger.id = given.id)
       ), told as materialized (
         select *, ledger_count_told_alone(sipuser, window_secs) as told
         from (select distinct sipuser, window_secs from effect order by sipuser) as in_one_order_of_locks
       ), counted as (
         select effect.*, before_it + coalesce(told, 0) < messages as is_free from effect left join told using (sipuser, window_secs)
       )
       insert into ledger (id, kind, state, attempt, channel, recipient, content, call_id, sipuser, reply_to, not_before, counterparty, created_at)
       select id, kind, case when is_free then 'sending' else 'planned' end, is_free::int, case when is_free then channel end,
         recipient, content, call_id, sipuser, reply_to, not_before, counterparty, clock_timestamp()
       from counted order by place
       on conflict (id) do nothing returning ${COLUMNS}`,
      columnsOf(wanted, ({ effect, claim: { channel, storm } }) => [...valuesOf(effect), channel, storm.messages, storm.windowMs / 1000]),
    );
    return inOrderOf(wanted.map(({ effect }) => effect), rows).map(toEntryIfAny);
  }

  /**
   * From `planned` to `sending`, on the way of that name. `undefined` when it is not planned: another
   * worker has it, it is over, or a digest tells it.
   */
  async claim(id: string, channel?: string): Promise<LedgerEntry | undefined> {
    return (await this.claimAll([{ id, channel }]))[0];
  }

  /** The same for several, of different ids, in one statement. */
  async claimAll(wanted: readonly { readonly id: string; readonly channel: string | undefined }[]): Promise<readonly (LedgerEntry | undefined)[]> {
    const rows = await this.#run(
      `update ledger set state = 'sending', attempt = attempt + 1, channel = coalesce(wanted.channel, ledger.channel), reason = null, updated_at = now()
       from unnest(?::text[], ?::text[]) as wanted (id, channel)
       where ledger.id = wanted.id and state = 'planned' and digest_id is null returning ledger.*`,
      columnsOf(wanted, ({ id, channel }) => [id, channel]),
    );
    return inOrderOf(wanted, rows).map(toEntryIfAny);
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

  /** Back to `planned` without that way, which does not take it and never will. */
  async refuse(claim: Claim, channel: string, reason: string): Promise<LedgerEntry | undefined> {
    return this.#step(
      `update ledger set state = 'planned', reason = ?, refusals = refusals || jsonb_build_object(?::text, ?::text), updated_at = now()
       where id = ? and attempt = ? and state in ('planned', 'sending') returning *`,
      [reason, channel, reason, claim.id, claim.attempt],
    );
  }

  /** Notes until when a planned effect waits, and for what. `undefined` when it is not planned any more. */
  async putOff(id: string, until: Date, reason: string): Promise<LedgerEntry | undefined> {
    return this.#step(
      `update ledger set not_before = ?, reason = ?, updated_at = now() where id = ? and state = 'planned' returning *`,
      [until, reason, id],
    );
  }

  /**
   * Ends the effect, from `sending` or, when it never came to a send, from `planned`; and with it, in
   * the same statement, everything that it tells as a digest. `undefined` when the claim is not the
   * last one, it is over already, or a digest tells it.
   */
  async finish(claim: Claim, outcome: Outcome): Promise<LedgerEntry | undefined> {
    return (await this.finishAll([{ ...outcome, id: claim.id, attempt: claim.attempt }]))[0];
  }

  /** The same for several, of different ids, in one statement. */
  async finishAll(ends: readonly (Pick<LedgerEntry, 'id' | 'attempt'> & Outcome)[]): Promise<readonly (LedgerEntry | undefined)[]> {
    // Locked in the order of their ids: the charges of the same rows are booked at the same time (`SpendTable`).
    const rows = await this.#runPrepared(
      'ledger.finish',
      `with claimed as (
         select ledger.id, claim.state, claim.reason, claim.remote_id
         from ledger join unnest(?::text[], ?::int[], ?::text[], ?::text[], ?::text[]) as claim (id, attempt, state, reason, remote_id) on ledger.id = claim.id
         where ledger.attempt = claim.attempt and ledger.state in ('planned', 'sending') and digest_id is null
         order by ledger.id for no key update of ledger
       ), ended as (
         update ledger set state = claimed.state, reason = claimed.reason, remote_id = claimed.remote_id, updated_at = now()
         from claimed where ledger.id = claimed.id returning ledger.*
       ), members as (
         update ledger set state = ended.state, reason = ended.reason, remote_id = ended.remote_id, channel = ended.channel, updated_at = now()
         from ended where ledger.digest_id = ended.id and ledger.state = 'planned'
       )
       select ${COLUMNS} from ended`,
      columnsOf(ends, ({ id, attempt, state, reason, remoteId }) => [id, attempt, state, reason, remoteId]),
    );
    return inOrderOf(ends, rows).map(toEntryIfAny);
  }

  async find(id: string): Promise<LedgerEntry | undefined> {
    return (await this.findAll([id]))[0];
  }

  /** An entry, or `undefined`, for each id in their order. */
  async findAll(ids: readonly string[]): Promise<readonly (LedgerEntry | undefined)[]> {
    const rows = await this.#run('select * from ledger where id = any(?::text[])', [ids]);
    return inOrderOf(ids.map((id) => ({ id })), rows).map(toEntryIfAny);
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

  /**
   * The oldest answer to the same person that was planned before this one, is not sent yet, and has moved
   * within `freshMs`: one that is stuck for longer holds nobody up. One that is put off holds up those that
   * go the same way, under a post or by message, and what put it off they would meet too; but no farewell.
   */
  async unsentBefore(id: string, freshMs: number): Promise<LedgerEntry | undefined> {
    return this.#step(
      `select other.* from ledger own join ledger other on other.recipient = own.recipient
       where own.id = ? and other.state in ('planned', 'sending') and other.kind in ('answer', 'farewell')
         and (other.created_at, other.id) < (own.created_at, own.id)
         and (coalesce(other.not_before, now()) <= now()
           or (own.kind <> 'farewell' and (other.reply_to is null) = (own.reply_to is null)))
         and greatest(other.updated_at, other.not_before) > now() - make_interval(secs => ?)
       order by other.created_at, other.id limit 1`,
      [id, freshMs / 1000],
    );
  }

  /**
   * How many messages of the kinds that a digest may tell went to the same SIP user by themselves, or
   * are about to, in the time before this one.
   */
  async countBefore(id: string, windowMs: number): Promise<number> {
    return (await this.countsBefore([id], windowMs))[0]!;
  }

  /** The same for several ids, in their order. */
  async countsBefore(ids: readonly string[], windowMs: number): Promise<readonly number[]> {
    const { rows } = await this.#db.raw<{ rows: { id: string; count: number }[] }>(
      `select own.id, (
         select count(*)::int from ledger_told_alone other
         where other.sipuser = own.sipuser
           and (other.created_at, other.id) < (own.created_at, own.id)
           and other.created_at > own.created_at - make_interval(secs => ?)
       ) as count from ledger own where own.id = any(?::text[])`,
      [windowMs / 1000, [...ids]],
    );
    return inOrderOf(ids.map((id) => ({ id })), rows).map((row) => row?.count ?? 0);
  }

  /**
   * Entries that are planned, may be sent, and have not moved for that long, by the database's clock:
   * their jobs are probably lost. Those that a digest tells are not among them, the digest is.
   */
  async plannedLongerThan(ms: number, limit = 100): Promise<readonly LedgerEntry[]> {
    const rows = await this.#run(
      `select * from ledger where state = 'planned' and digest_id is null
         and greatest(updated_at, not_before) <= now() - make_interval(secs => ?)
       order by created_at, id limit ?`,
      [ms / 1000, limit],
    );
    return rows.map(toEntry);
  }

  async #step(sql: string, params: readonly Knex.RawBinding[]): Promise<LedgerEntry | undefined> {
    return toEntryIfAny((await this.#run(sql, params))[0]);
  }

  /** For a statement of every message: planned once a connection. It names its columns, since its plan does not outlive another one behind a `*`. */
  async #runPrepared(name: string, sql: string, params: readonly unknown[]): Promise<LedgerRow[]> {
    return (await this.#db.raw<{ rows: LedgerRow[] }>(sql, params as Knex.RawBinding[]).options({ name })).rows;
  }

  async #run(sql: string, params: readonly unknown[]): Promise<LedgerRow[]> {
    return (await this.#db.raw<{ rows: LedgerRow[] }>(sql, params as Knex.RawBinding[])).rows;
  }
}

function valuesOf({ id, kind, recipient, content, callId, sipUser, replyTo, notBefore, counterparty }: PlannedEffect): unknown[] {
  return [id, kind, recipient, content, callId, sipUser, replyTo, notBefore, counterparty];
}

/** The values of several inputs as one array a column, which `unnest` makes rows of again. */
function columnsOf<Input>(inputs: readonly Input[], valuesOf: (input: Input) => readonly unknown[]): unknown[][] {
  const rows = inputs.map(valuesOf);
  return rows[0]!.map((_, column) => rows.map((row) => row[column] ?? null));
}

/** The row of each input, or `undefined`; statements give their rows in any order. */
function inOrderOf<Row extends { readonly id: string }>(inputs: readonly { readonly id: string }[], rows: readonly Row[]): readonly (Row | undefined)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return inputs.map(({ id }) => byId.get(id));
}

function toEntryIfAny(row: LedgerRow | undefined): LedgerEntry | undefined {
  return row === undefined ? undefined : toEntry(row);
}
