/** `x_cursors`: how far each list of X was read, as an id of X. */
import type { Knex } from 'knex';

export class CursorsTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** The id up to which the list was read; `undefined` when it never was. */
  async read(name: string): Promise<string | undefined> {
    const row = await this.#db<{ name: string; position: string }>('x_cursors').where({ name }).first();
    return row?.position;
  }

  /** Moves the cursor forward; one that is further already stays where it is. Ids are compared as numbers. */
  async advance(name: string, position: string): Promise<void> {
    await this.#db.raw(
      `insert into x_cursors as cursor (name, position) values (?, ?)
       on conflict (name) do update set position = excluded.position, updated_at = now()
       where cursor.position::numeric < excluded.position::numeric`,
      [name, position],
    );
  }
}
