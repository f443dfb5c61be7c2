/**
 * Digests: rows of the ledger that tell others. One is opened by the first message that is held
 * back, takes more until it is closed, and is then delivered like any other row:
 *
 *     hold ──► open: planned, without a text      close ──► its text stands, nothing joins any more
 *
 * Its members stay `planned`, name it, and end in the statement that ends it (`LedgerTable.finish`).
 * So a message is told by itself or in a digest, never both, whatever dies in between.
 */
import type { Knex } from 'knex';
import { toEntry, type LedgerEntry, type LedgerRow } from './ledger-entry.ts';

/** A digest that a message is to join. */
export interface NewDigest {
  /** Made from the SIP user and the time, so that all who hold something back for that time name the same one. */
  readonly id: string;
  readonly recipient: string;
  readonly sipUser: string;
  /** When it is to be told. */
  readonly dueAt: Date;
}

export class DigestTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * Puts a planned message into the digest, which is made when it is not there. `undefined` when the
   * message is not planned any more, is in one already, or the digest is closed.
   */
  async hold(id: string, digest: NewDigest, reason: string): Promise<LedgerEntry | undefined> {
    // The update of the digest changes nothing. It locks the row, so that nothing joins while it is closed.
    const { rows } = await this.#db.raw<{ rows: LedgerRow[] }>(
      `with digest as (
         insert into ledger (id, kind, state, recipient, content, sipuser, not_before)
         values (?, 'digest', 'planned', ?, '', ?, ?)
         on conflict (id) do update set id = excluded.id where ledger.state = 'planned' and ledger.content = ''
         returning id, not_before
       )
       update ledger set digest_id = digest.id, not_before = digest.not_before, reason = ?, updated_at = now()
       from digest where ledger.id = ? and ledger.state = 'planned' and ledger.digest_id is null
       returning ledger.*`,
      [digest.id, digest.recipient, digest.sipUser, digest.dueAt, reason, id],
    );
    return rows[0] === undefined ? undefined : toEntry(rows[0]);
  }

  /**
   * Gives the digest the text that `render` makes of its members, unless it has one. Gives the row as
   * it stands; `undefined` when there is none.
   */
  async close(id: string, render: (members: readonly LedgerEntry[]) => string): Promise<LedgerEntry | undefined> {
    return this.#db.transaction(async (trx) => {
      const { rows } = await trx.raw<{ rows: LedgerRow[] }>('select * from ledger where id = ? for update', [id]);
      const [row] = rows;
      if (row === undefined) return undefined;
      if (row.state !== 'planned' || row.content !== '') return toEntry(row);
      const content = render(await new DigestTable(trx).members(id));
      const closed = await trx.raw<{ rows: LedgerRow[] }>('update ledger set content = ?, updated_at = now() where id = ? returning *', [content, id]);
      return toEntry(closed.rows[0]!);
    });
  }

  /** What the digest tells, the oldest first; at most 10,000. */
  async members(id: string): Promise<readonly LedgerEntry[]> {
    const { rows } = await this.#db.raw<{ rows: LedgerRow[] }>(
      'select * from ledger where digest_id = ? order by created_at, id limit 10000',
      [id],
    );
    return rows.map(toEntry);
  }
}
