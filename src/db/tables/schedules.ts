/**
 * `schedules` and `schedule_runs`: calls and reminders at a time. The rows are the truth, jobs only alarm
 * clocks. An occurrence has a row of its own as soon as it was dealt with, and is never dealt with again.
 */
import type { Knex } from 'knex';

export type ScheduleKind = 'call' | 'reminder';
export type ScheduleState = 'active' | 'done' | 'cancelled';

/** When a schedule is due next. */
export interface NextTime {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** `YYYY-MM-DDTHH:MM` on the clocks of `zone`; absent for an elapsed time. */
  readonly wall?: string;
  /** IANA name. */
  readonly zone: string;
}

export interface NewSchedule {
  readonly sipUser: string;
  /** What the user calls it. */
  readonly number: number;
  readonly kind: ScheduleKind;
  /** Of a call: SIP URI of the other side. */
  readonly target?: string;
  readonly targetName?: string;
  readonly targetSipUser?: string;
  /** Of a reminder. */
  readonly about?: string;
  /** Whether the phone rings for a reminder. */
  readonly ring: boolean;
  readonly next: NextTime;
  /** RFC 5545, without DTSTART. */
  readonly rrule?: string;
  readonly commandId?: string;
  readonly replyTo?: string;
}

export interface Schedule extends Omit<NewSchedule, 'next'> {
  readonly id: string;
  readonly state: ScheduleState;
  /** `undefined` when it is over. */
  readonly next: NextTime | undefined;
  /** Zone of the last or next time. */
  readonly zone: string;
  readonly lastFiredAt: Date | undefined;
}

export interface NewTimes {
  readonly next: NextTime;
  /** A new rule; null for none, the old one when it is left out. */
  readonly rrule?: string | null;
  /** The command that asked for it. */
  readonly commandId: string;
}

/** What became of an occurrence. */
export type RunState = 'fired' | 'missed';

interface Row {
  id: string;
  sipuser: string;
  number: number;
  kind: ScheduleKind;
  state: ScheduleState;
  target: string | null;
  target_name: string | null;
  target_sipuser: string | null;
  about: string | null;
  ring: boolean;
  wall: string | null;
  zone: string;
  rrule: string | null;
  next_at: Date | null;
  last_fired_at: Date | null;
  command_id: string | null;
  reply_to: string | null;
}

const INSTANT = 'to_timestamp(?::float8 / 1000.0)';

export class SchedulesTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** The number of the user's next schedule. Numbers begin at 1 and are never used again; two callers at once get the same one, so lock the user. */
  async nextNumber(sipUser: string): Promise<number> {
    const { rows } = await this.#db.raw<{ rows: { number: number }[] }>(
      'select coalesce(max(number), 0) + 1 as number from schedules where sipuser = ?',
      [sipUser],
    );
    return rows[0]!.number;
  }

  async add(schedule: NewSchedule): Promise<Schedule> {
    const { next } = schedule;
    const rows = await this.#run(
      `insert into schedules (sipuser, number, kind, target, target_name, target_sipuser, about, ring, wall, zone, rrule, next_at, command_id, reply_to)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${INSTANT}, ?, ?) returning *`,
      [
        schedule.sipUser, schedule.number, schedule.kind, schedule.target ?? null, schedule.targetName ?? null,
        schedule.targetSipUser ?? null, schedule.about ?? null, schedule.ring, next.wall ?? null, next.zone, schedule.rrule ?? null,
        next.atMs, schedule.commandId ?? null, schedule.replyTo ?? null,
      ],
    );
    return rows[0]!;
  }

  async find(id: string): Promise<Schedule | undefined> {
    return (await this.#run('select * from schedules where id = ?', [id]))[0];
  }

  async findByNumber(sipUser: string, number: number): Promise<Schedule | undefined> {
    return (await this.#run('select * from schedules where sipuser = ? and number = ?', [sipUser, number]))[0];
  }

  /** The user's active ones, the next first. */
  activeOf(sipUser: string, limit: number): Promise<readonly Schedule[]> {
    return this.#run(`select * from schedules where sipuser = ? and state = 'active' order by next_at, number limit ?`, [sipUser, limit]);
  }

  async countActive(sipUser: string): Promise<number> {
    const { rows } = await this.#db.raw<{ rows: { count: number }[] }>(
      `select count(*)::int as count from schedules where sipuser = ? and state = 'active'`,
      [sipUser],
    );
    return rows[0]!.count;
  }

  /** The user's reminder that came last, if that was within so many milliseconds. */
  async lastReminder(sipUser: string, withinMs: number): Promise<Schedule | undefined> {
    const rows = await this.#run(
      `select * from schedules where sipuser = ? and kind = 'reminder' and last_fired_at > now() - make_interval(secs => ?)
       order by last_fired_at desc, number desc limit 1`,
      [sipUser, withinMs / 1000],
    );
    return rows[0];
  }

  /** False when it is not active. */
  async cancel(id: string): Promise<boolean> {
    const rows = await this.#run(
      `update schedules set state = 'cancelled', next_at = null, updated_at = now() where id = ? and state = 'active' returning *`,
      [id],
    );
    return rows.length > 0;
  }

  /** How many that were. */
  async cancelAll(sipUser: string): Promise<number> {
    const rows = await this.#run(
      `update schedules set state = 'cancelled', next_at = null, updated_at = now() where sipuser = ? and state = 'active' returning *`,
      [sipUser],
    );
    return rows.length;
  }

  /** Gives a schedule another time; one that is done becomes active again. False for a cancelled one. */
  async rearm(id: string, { next, rrule, commandId }: NewTimes): Promise<boolean> {
    const rows = await this.#run(
      `update schedules set state = 'active', next_at = ${INSTANT}, wall = ?, zone = ?,
         rrule = case when ? then ? else rrule end, command_id = ?, updated_at = now()
       where id = ? and state <> 'cancelled' returning *`,
      [next.atMs, next.wall ?? null, next.zone, rrule !== undefined, rrule ?? null, commandId, id],
    );
    return rows.length > 0;
  }

  /** The row, which nobody else can change until the transaction ends. */
  async lock(id: string): Promise<Schedule | undefined> {
    return (await this.#run('select * from schedules where id = ? for update', [id]))[0];
  }

  /** Notes that an occurrence is dealt with. False when it was before. */
  async recordRun(id: string, dueAtMs: number, state: RunState): Promise<boolean> {
    const { rowCount } = await this.#db.raw<{ rowCount: number }>(
      `insert into schedule_runs (schedule_id, due_at, state) values (?, ${INSTANT}, ?) on conflict do nothing`,
      [id, dueAtMs, state],
    );
    return rowCount > 0;
  }

  /** After an occurrence: on to the next one, or done when there is none. */
  async advance(id: string, { next, fired }: { readonly next: NextTime | undefined; readonly fired: boolean }): Promise<void> {
    await this.#db.raw(
      `update schedules set state = ?, next_at = ${INSTANT}, wall = coalesce(?, wall),
         last_fired_at = case when ? then now() else last_fired_at end, updated_at = now()
       where id = ? and state = 'active'`,
      [next === undefined ? 'done' : 'active', next?.atMs ?? null, next?.wall ?? null, fired, id],
    );
  }

  /** Active ones whose time has come, the longest due first: for a sweep that gives them their jobs again. */
  due(nowMs: number, limit = 100): Promise<readonly Schedule[]> {
    return this.#run(`select * from schedules where state = 'active' and next_at <= ${INSTANT} order by next_at, id limit ?`, [nowMs, limit]);
  }

  /** Active ones by id, behind that one. */
  activeAfter(id: string, limit: number): Promise<readonly Schedule[]> {
    return this.#run(`select * from schedules where state = 'active' and id > ? order by id limit ?`, [id, limit]);
  }

  /** Another instant for the same time on the clock. False when the schedule has moved on meanwhile. */
  async setInstant(id: string, { from, to }: { readonly from: number; readonly to: number }): Promise<boolean> {
    const rows = await this.#run(
      `update schedules set next_at = ${INSTANT}, updated_at = now() where id = ? and state = 'active' and next_at = ${INSTANT} returning *`,
      [to, id, from],
    );
    return rows.length > 0;
  }

  async #run(sql: string, bindings: readonly Knex.RawBinding[]): Promise<readonly Schedule[]> {
    return (await this.#db.raw<{ rows: Row[] }>(sql, bindings)).rows.map(toSchedule);
  }
}

function toSchedule(row: Row): Schedule {
  return {
    id: row.id,
    sipUser: row.sipuser,
    number: row.number,
    kind: row.kind,
    state: row.state,
    ring: row.ring,
    zone: row.zone,
    next: row.next_at === null ? undefined : { atMs: row.next_at.getTime(), zone: row.zone, ...(row.wall === null ? {} : { wall: row.wall }) },
    lastFiredAt: row.last_fired_at ?? undefined,
    ...(row.target === null ? {} : { target: row.target }),
    ...(row.target_name === null ? {} : { targetName: row.target_name }),
    ...(row.target_sipuser === null ? {} : { targetSipUser: row.target_sipuser }),
    ...(row.about === null ? {} : { about: row.about }),
    ...(row.rrule === null ? {} : { rrule: row.rrule }),
    ...(row.command_id === null ? {} : { commandId: row.command_id }),
    ...(row.reply_to === null ? {} : { replyTo: row.reply_to }),
  };
}
