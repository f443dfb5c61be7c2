/** `sip_nodes`: which SIP processes live. Each has a new id at every start and says so again and again. */
import type { Knex } from 'knex';

export class SipNodesTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** The process with that id lives. */
  async seen(id: string): Promise<void> {
    await this.#db.raw('insert into sip_nodes (id) values (?) on conflict (id) do update set seen_at = now()', [id]);
  }

  /**
   * Processes that hold calls or messages and were not seen for so long, or never: they are gone. By the
   * database's clock, so that the clocks of machines do not matter.
   */
  async lost(silentMs: number): Promise<readonly string[]> {
    const { rows } = await this.#db.raw<{ rows: { node: string }[] }>(
      `select node from (
         select node, coalesce(claimed_at, updated_at) as since from calls where state in ('claimed', 'ringing', 'answered', 'connected')
         union all select node, updated_at from sip_messages where state = 'claimed'
       ) held
       where node is not null and not exists (
         select 1 from sip_nodes where id = held.node and seen_at > now() - make_interval(secs => ?))
       -- A process claims as soon as it can, which may be before it has said the first time that it lives.
       group by node having max(since) <= now() - make_interval(secs => ?)
       order by node limit 100`,
      [silentMs / 1000, silentMs / 1000],
    );
    return rows.map((row) => row.node);
  }

  /** Removes processes that were not seen for so long. */
  async forget(silentMs: number): Promise<void> {
    await this.#db.raw('delete from sip_nodes where seen_at <= now() - make_interval(secs => ?)', [silentMs / 1000]);
  }
}
