/**
 * Kamailio's table `silo` as the store of messages for absent users. Its times are whole seconds of the epoch.
 * `snd_time` is 0 for a message that waits; here also the second from which a claimed one can be claimed again,
 * which Kamailio reads as a reminder for that time.
 */
import type { Knex } from 'knex';
import { MESSAGE_CLAIM_MS, type MessageStore, type MessageToStore, type StoredMessage } from '../../script/ports.ts';

interface SiloRow {
  id: number;
  src_addr: string;
  dst_addr: string;
  ctype: string;
  body: Buffer;
  inc_time: number;
}

/** Rows that somebody else is claiming right now are passed over, not waited for. */
const CLAIM = `
  with waiting as (
    select id from silo
    where username = :username and (:domain = '' or domain = :domain) and snd_time <= :now and exp_time > :now
    order by inc_time, id limit :limit
    for update skip locked
  ), claimed as (
    update silo set snd_time = :until where id in (select id from waiting)
    returning id, src_addr, dst_addr, ctype, body, inc_time
  )
  select * from claimed order by inc_time, id`;

export interface SiloTableOptions {
  readonly db: Knex;
  /** Messages that one user can have waiting; past it `store` refuses. */
  readonly maxPerUser: number;
}

export class SiloTable implements MessageStore {
  readonly #db: Knex;
  readonly #maxPerUser: number;

  constructor({ db, maxPerUser }: SiloTableOptions) {
    this.#db = db;
    this.#maxPerUser = maxPerUser;
  }

  async store(message: MessageToStore): Promise<boolean> {
    const { username, receivedAtMs } = message;
    return this.#db.transaction(async (trx) => {
      // One at a time for each user: two nodes would both find the last place free.
      await trx.raw(`select pg_advisory_xact_lock(hashtext('silo'), hashtext(?))`, [username]);
      const { rows } = await trx.raw<{ rows: { count: number }[] }>('select count(*)::int as count from silo where username = ? and exp_time > ?', [username, seconds(receivedAtMs)]);
      if (rows[0]!.count >= this.#maxPerUser) return false;
      await trx('silo').insert({
        username,
        domain: message.domain,
        src_addr: message.fromUri,
        dst_addr: message.toUri,
        ctype: message.contentType,
        body: Buffer.from(message.body, 'latin1'),
        callid: message.callId,
        inc_time: seconds(receivedAtMs),
        exp_time: seconds(message.expiresAtMs),
      });
      return true;
    });
  }

  async claim(username: string, domain: string, nowMs: number, limit: number): Promise<readonly StoredMessage[]> {
    const until = Math.ceil((nowMs + MESSAGE_CLAIM_MS) / 1000);
    const { rows } = await this.#db.raw<{ rows: SiloRow[] }>(CLAIM, { username, domain, now: seconds(nowMs), until, limit });
    return rows.map((row) => ({
      id: row.id,
      fromUri: row.src_addr,
      toUri: row.dst_addr,
      contentType: row.ctype,
      body: row.body.toString('latin1'),
      receivedAtMs: row.inc_time * 1000,
    }));
  }

  async release(id: number): Promise<void> {
    await this.#db('silo').where({ id }).update({ snd_time: 0 });
  }

  async remove(id: number): Promise<void> {
    await this.#db('silo').where({ id }).delete();
  }

  async deleteExpired(nowMs: number): Promise<number> {
    return this.#db('silo').where('exp_time', '<=', seconds(nowMs)).delete();
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
