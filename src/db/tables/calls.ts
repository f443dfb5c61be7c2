/**
 * `calls`: a row a call that the service makes, third party to both sides (RFC 3725).
 *
 *     planned ─► claimed ─► ringing ─► answered ─► connected ─► ended
 *        │          └──────────┴───────────┴───────────┴──────► failed | cancelled | interrupted
 *        └─► cancelled | missed
 *
 * A SIP process claims a planned row (the routing script does, in one statement) and begins it; from there
 * on the states follow its events. States only go forward and a last state stays, so that events may come
 * twice and in any order. A claimed call is never begun again: when its process dies it was interrupted.
 */
import type { Knex } from 'knex';

export type CallKind = 'call' | 'announcement';

const LAST_STATES = ['ended', 'failed', 'cancelled', 'missed', 'interrupted'] as const;
const STATES = ['planned', 'claimed', 'ringing', 'answered', 'connected', ...LAST_STATES] as const;

export type CallState = (typeof STATES)[number];

export interface NewCall {
  /** `call:<command id>` or `schedule:<id>:<due, milliseconds>`: the same wish is the same call. */
  readonly id: string;
  readonly kind: CallKind;
  /** On whose behalf; his phones ring first. */
  readonly sipUser: string;
  /** SIP URI of the other side; empty for an announcement. */
  readonly target: string;
  /** How people call the other side; for an announcement what it is about. */
  readonly targetName: string;
  readonly targetSipUser?: string;
  /** Not to be begun after this, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
  readonly commandId?: string;
  /** Post under which it may be said how it ended. */
  readonly replyTo?: string;
}

export interface Call {
  readonly id: string;
  readonly kind: CallKind;
  readonly state: CallState;
  readonly reason: string | undefined;
  readonly sipUser: string;
  readonly target: string;
  readonly targetName: string;
  readonly targetSipUser: string | undefined;
  readonly plannedAt: Date;
  readonly expiresAt: Date;
  readonly node: string | undefined;
  readonly connectedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly cancelRequested: boolean;
  readonly commandId: string | undefined;
  readonly replyTo: string | undefined;
}

/** What has been used of each limit. Days are the last 24 hours. */
export interface CallUsage {
  readonly userToday: number;
  readonly allToday: number;
  /** To that target, by all users. */
  readonly destinationToday: number;
  readonly userActive: number;
  readonly allActive: number;
}

interface Row {
  id: string;
  kind: CallKind;
  state: CallState;
  reason: string | null;
  sipuser: string;
  target: string;
  target_name: string;
  target_sipuser: string | null;
  planned_at: Date;
  expires_at: Date;
  node: string | null;
  connected_at: Date | null;
  ended_at: Date | null;
  cancel_requested: boolean;
  command_id: string | null;
  reply_to: string | null;
}

const BEGUN = `('claimed', 'ringing', 'answered', 'connected')`;
const CANCEL = `update calls set
  state = case when state = 'planned' then 'cancelled' else state end,
  reason = case when state = 'planned' then 'cancelled' else reason end,
  ended_at = case when state = 'planned' then now() else ended_at end,
  cancel_requested = true, updated_at = now()`;
const OVER = `(${LAST_STATES.map((state) => `'${state}'`).join(', ')})`;
/** Waits to be begun, or goes on. A row without news for longer than a call can last is nobody's call any more. */
const LIVE = `((state = 'planned' and expires_at > now()) or (state in ${BEGUN} and updated_at > now() - make_interval(secs => ?)))`;
const RANK = `array_position(array[${STATES.map((state) => `'${state}'`).join(', ')}]::text[], state)`;
const AT_ONCE = 100;

export class CallsTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** False when it is there already. */
  async plan(call: NewCall): Promise<boolean> {
    const { rowCount } = await this.#db.raw<{ rowCount: number }>(
      `insert into calls (id, kind, sipuser, target, target_name, target_sipuser, expires_at, command_id, reply_to)
       values (?, ?, ?, ?, ?, ?, to_timestamp(?::float8 / 1000.0), ?, ?) on conflict (id) do nothing`,
      [
        call.id, call.kind, call.sipUser, call.target, call.targetName, call.targetSipUser ?? null, call.expiresAtMs,
        call.commandId ?? null, call.replyTo ?? null,
      ],
    );
    return rowCount > 0;
  }

  async find(id: string): Promise<Call | undefined> {
    return (await this.#run('select * from calls where id = ?', [id]))[0];
  }

  /**
   * Calls of the user that wait, ring or talk, the youngest first.
   *
   * @param lastsMs  the longest that a call can last
   */
  liveOf(sipUser: string, lastsMs: number): Promise<readonly Call[]> {
    return this.#run(`select * from calls where sipuser = ? and ${LIVE} order by planned_at desc, id limit ${AT_ONCE}`, [sipUser, lastsMs / 1000]);
  }

  /**
   * Ends a call that nobody has begun; of one that was begun it asks the SIP process to end it.
   * `undefined` when it is over.
   */
  async cancel(id: string): Promise<Call | undefined> {
    const [call] = await this.#run(`${CANCEL} where id = ? and state not in ${OVER} returning *`, [id]);
    return call;
  }

  /** The same with all calls of a user that have not connected; returns how many. */
  async cancelUnconnected(sipUser: string): Promise<number> {
    const calls = await this.#run(`${CANCEL} where sipuser = ? and state not in ${OVER} and state <> 'connected' returning *`, [sipUser]);
    return calls.length;
  }

  /**
   * Makes this transaction the only one in the fleet that counts and plans calls, until it ends. Without
   * it two workers would each see room for one more.
   */
  async lockLimits(): Promise<void> {
    await this.#db.raw(`select pg_advisory_xact_lock(hashtextextended('limits of calls', 0))`);
  }

  /** @param lastsMs  the longest that a call can last */
  async usage(sipUser: string, target: string, lastsMs: number): Promise<CallUsage> {
    const { rows } = await this.#db.raw<{ rows: CallUsage[] }>(
      `select count(*) filter (where today and sipuser = ?)::int as "userToday",
         count(*) filter (where today)::int as "allToday",
         count(*) filter (where today and target = ?)::int as "destinationToday",
         count(*) filter (where live and sipuser = ?)::int as "userActive",
         count(*) filter (where live)::int as "allActive"
       from (
         select sipuser, target, planned_at > now() - interval '1 day' as today, ${LIVE} as live
         from calls where kind = 'call' and planned_at > now() - interval '2 days'
       ) recent`,
      [sipUser, target, sipUser, lastsMs / 1000],
    );
    return rows[0]!;
  }

  /**
   * Moves a call on to a later state; `undefined` when it is there, further, or over, or there is no such call.
   *
   * @param step.atMs  when it happened
   */
  async advance(id: string, step: { readonly state: CallState; readonly reason?: string; readonly atMs: number }): Promise<Call | undefined> {
    const { state, reason, atMs } = step;
    const isLast = LAST_STATES.some((last) => last === state);
    const [call] = await this.#run(
      `update calls set state = ?::text, reason = coalesce(?::text, reason), updated_at = now(),
         connected_at = case when ?::text = 'connected' then to_timestamp(?::float8 / 1000.0) else connected_at end,
         ended_at = case when ? then to_timestamp(?::float8 / 1000.0) else ended_at end
       where id = ? and state not in ${OVER} and ${RANK} < array_position(array[${STATES.map((one) => `'${one}'`).join(', ')}]::text[], ?::text)
       returning *`,
      [state, reason ?? null, state, atMs, isLast, atMs, id, state],
    );
    return call;
  }

  /** Ends, as interrupted, calls that one of these SIP processes had begun; a hundred at a time. */
  interrupt(nodes: readonly string[]): Promise<readonly Call[]> {
    return this.#run(
      `update calls set state = 'interrupted', reason = 'the SIP process ' || node || ' is gone', ended_at = now(), updated_at = now()
       where id in (select id from calls where state in ${BEGUN} and node = any(?::text[]) order by id limit ${AT_ONCE} for update skip locked)
       returning *`,
      [nodes as unknown as Knex.RawBinding],
    );
  }

  /** Ends, as missed, calls that nobody has begun in time; a hundred at a time. */
  missExpired(nowMs: number): Promise<readonly Call[]> {
    return this.#run(
      `update calls set state = 'missed', reason = 'not begun in time', ended_at = now(), updated_at = now()
       where id in (select id from calls where state = 'planned' and expires_at <= to_timestamp(?::float8 / 1000.0) order by id limit ${AT_ONCE} for update skip locked)
       returning *`,
      [nowMs],
    );
  }

  /** Ids of planned calls that nobody has claimed for so long that their job must be lost. */
  async unclaimed(olderThanMs: number, limit = AT_ONCE): Promise<readonly string[]> {
    const calls = await this.#run(
      `select * from calls where state = 'planned' and expires_at > now() and updated_at <= now() - make_interval(secs => ?) order by updated_at, id limit ?`,
      [olderThanMs / 1000, limit],
    );
    return calls.map((call) => call.id);
  }

  async #run(sql: string, bindings: readonly Knex.RawBinding[]): Promise<readonly Call[]> {
    return (await this.#db.raw<{ rows: Row[] }>(sql, bindings)).rows.map(toCall);
  }
}

function toCall(row: Row): Call {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    reason: row.reason ?? undefined,
    sipUser: row.sipuser,
    target: row.target,
    targetName: row.target_name,
    targetSipUser: row.target_sipuser ?? undefined,
    plannedAt: row.planned_at,
    expiresAt: row.expires_at,
    node: row.node ?? undefined,
    connectedAt: row.connected_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    cancelRequested: row.cancel_requested,
    commandId: row.command_id ?? undefined,
    replyTo: row.reply_to ?? undefined,
  };
}
