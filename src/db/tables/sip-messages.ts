/** `sip_messages`: SIP MESSAGEs (RFC 3428) that the service sends: answers of people on X, reminders. */
import type { Knex } from 'knex';

export interface NewSipMessage {
  readonly id: string;
  /** SIP user; empty for the service itself. */
  readonly sender: string;
  readonly recipient: string;
  readonly body: string;
  /** Whether it waits for the recipient's next registration when no phone is there. */
  readonly store: boolean;
  /** Not to be sent after this, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

export interface SipMessageRow extends NewSipMessage {
  readonly state: 'planned' | 'claimed' | 'sent' | 'stored' | 'failed';
  readonly reason: string | undefined;
  readonly node: string | undefined;
}

interface Row {
  id: string;
  state: SipMessageRow['state'];
  reason: string | null;
  sender: string;
  recipient: string;
  body: string;
  store: boolean;
  expires_at: Date;
  node: string | null;
}

const AT_ONCE = 100;

export class SipMessagesTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** False when it is there already. */
  async plan(message: NewSipMessage): Promise<boolean> {
    const { rowCount } = await this.#db.raw<{ rowCount: number }>(
      `insert into sip_messages (id, sender, recipient, body, store, expires_at)
       values (?, ?, ?, ?, ?, to_timestamp(?::float8 / 1000.0)) on conflict (id) do nothing`,
      [message.id, message.sender, message.recipient, message.body, message.store, message.expiresAtMs],
    );
    return rowCount > 0;
  }

  async find(id: string): Promise<SipMessageRow | undefined> {
    const { rows } = await this.#db.raw<{ rows: Row[] }>('select * from sip_messages where id = ?', [id]);
    return rows[0] === undefined ? undefined : toMessage(rows[0]);
  }

  /** Ids of planned messages that nobody has claimed for so long that their job must be lost. */
  async unclaimed(olderThanMs: number, limit = AT_ONCE): Promise<readonly string[]> {
    const { rows } = await this.#db.raw<{ rows: { id: string }[] }>(
      `select id from sip_messages where state = 'planned' and expires_at > now() and updated_at <= now() - make_interval(secs => ?)
       order by updated_at, id limit ?`,
      [olderThanMs / 1000, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Ends messages that nobody has sent in time, and those that a SIP process had claimed that is gone: nobody knows whether they were sent. */
  async failLost(nodes: readonly string[]): Promise<number> {
    const { rowCount } = await this.#db.raw<{ rowCount: number }>(
      `update sip_messages set state = 'failed', updated_at = now(),
         reason = case when state = 'planned' then 'not sent in time' else 'the SIP process ' || node || ' is gone' end
       where id in (
         select id from sip_messages
         where (state = 'planned' and expires_at <= now()) or (state = 'claimed' and node = any(?::text[]))
         order by id limit ${AT_ONCE} for update skip locked)`,
      [nodes as unknown as Knex.RawBinding],
    );
    return rowCount;
  }
}

function toMessage(row: Row): SipMessageRow {
  return {
    id: row.id,
    state: row.state,
    reason: row.reason ?? undefined,
    sender: row.sender,
    recipient: row.recipient,
    body: row.body,
    store: row.store,
    expiresAtMs: row.expires_at.getTime(),
    node: row.node ?? undefined,
  };
}
