/** Which jobs the rows wait for that a command, a call's end or an occurrence of a schedule has left behind. */
import type { Knex } from 'knex';

/** A row that nobody has dealt with yet, and the job that makes somebody do it. */
export type Alarm =
  | { readonly job: 'x-command'; readonly id: string }
  | { readonly job: 'notice'; readonly id: string }
  | { readonly job: 'sip-command'; readonly verb: 'call' | 'message'; readonly id: string }
  | { readonly job: 'schedule-due'; readonly scheduleId: string; readonly dueAtMs: number };

interface Row {
  job: Exclude<Alarm['job'], 'x-command'>;
  verb: 'call' | 'message' | null;
  id: string;
  due_ms: number | null;
}

/** What one cause can have left: ids of rows that are made from it, and a schedule. */
export interface Traces {
  readonly ledgerIds: readonly string[];
  readonly callIds: readonly string[];
  readonly messageIds: readonly string[];
  /** Schedules that were made or moved by a command of that user. */
  readonly command?: { readonly id: string; readonly sipUser: string };
  readonly scheduleId?: string;
}

export class AlarmsTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * The jobs of rows that wait. Asked after the transaction that made them, and again when a job is
   * repeated: the same question both times, so that a crash in between is no special case.
   */
  async of(traces: Traces): Promise<readonly Alarm[]> {
    const { ledgerIds, callIds, messageIds, command, scheduleId } = traces;
    const { rows } = await this.#db.raw<{ rows: Row[] }>(
      `select 'notice' as job, null as verb, id, null::float8 as due_ms from ledger where id = any(?::text[]) and state = 'planned'
       union all select 'sip-command', 'call', id, null from calls where id = any(?::text[]) and state = 'planned'
       union all select 'sip-command', 'message', id, null from sip_messages where id = any(?::text[]) and state = 'planned'
       union all select 'schedule-due', null, id::text, (extract(epoch from next_at) * 1000)::float8 from schedules
         where state = 'active' and next_at is not null and ((sipuser = ? and command_id = ?) or id = ?)`,
      [ledgerIds, callIds, messageIds, command?.sipUser ?? null, command?.id ?? null, scheduleId ?? null] as Knex.RawBinding[],
    );
    return rows.map(toAlarm);
  }
}

function toAlarm({ job, verb, id, due_ms: dueMs }: Row): Alarm {
  switch (job) {
    case 'notice':
      return { job, id };
    case 'sip-command':
      return { job, verb: verb!, id };
    case 'schedule-due':
      return { job, scheduleId: id, dueAtMs: Math.round(dueMs!) };
  }
}
