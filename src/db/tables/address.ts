/** Kamailio's `address` table: the peers that `permissions` lets in. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import type { AddressRow, AddressSource } from '../../script/ports.ts';

/** More rows than this are a mistake, and would be held in memory. */
const MOST_ROWS = 100_000;

interface Row {
  grp: number;
  ip_addr: string;
  mask: number;
  port: number;
  tag: string | null;
}

export class AddressTable implements AddressSource {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** @throws AppError `config.invalid` when there are more than 100,000 rows */
  async loadAll(): Promise<readonly AddressRow[]> {
    const rows = await this.#db<Row>('address').orderBy('id').limit(MOST_ROWS + 1);
    if (rows.length > MOST_ROWS) throw new AppError('config.invalid', `The table address has more than ${MOST_ROWS} rows`);
    return rows.map((row) => ({
      group: row.grp,
      address: row.ip_addr,
      mask: row.mask,
      port: row.port,
      tag: row.tag ?? undefined,
    }));
  }
}
