/**
 * Kamailio's `location` table as the registrar's store. Its times are without zone: we write and
 * read them as UTC. `expires` at the epoch stands for a permanent binding, as in Kamailio.
 */
import type { Knex } from 'knex';
import type { Counter, Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import {
  unstorableField,
  type LocationChange,
  type LocationStore,
  type StoredBinding,
} from '../../registrar/location-store.ts';

const BATCH_SIZE = 1000;

/** A column: its name, its type, and how a binding's value goes into it. */
interface Column {
  readonly name: string;
  readonly type: 'text' | 'float8' | 'int4';
  readonly read: (binding: StoredBinding) => string | number | null;
  /** SQL that makes the column's value of the parameter `$`; the parameter itself when left out. */
  readonly sql?: string;
}

const AS_TIME = `to_timestamp($ / 1000.0) at time zone 'UTC'`;

const COLUMNS: readonly Column[] = [
  { name: 'ruid', type: 'text', read: (b) => b.ruid },
  { name: 'username', type: 'text', read: (b) => b.username },
  { name: 'domain', type: 'text', read: (b) => b.domain || null },
  { name: 'contact', type: 'text', read: (b) => b.contact },
  { name: 'received', type: 'text', read: (b) => b.received ?? null },
  { name: 'path', type: 'text', read: (b) => b.path ?? null },
  { name: 'expires', type: 'float8', read: (b) => b.expiresAtMs, sql: AS_TIME },
  { name: 'q', type: 'float8', read: (b) => b.q },
  { name: 'callid', type: 'text', read: (b) => b.callId },
  { name: 'cseq', type: 'int4', read: (b) => b.cseq },
  { name: 'last_modified', type: 'float8', read: (b) => b.lastModifiedMs, sql: AS_TIME },
  // 32 bits in a signed column.
  { name: 'flags', type: 'int4', read: (b) => b.flags | 0 },
  { name: 'cflags', type: 'int4', read: (b) => b.cflags | 0 },
  { name: 'user_agent', type: 'text', read: (b) => b.userAgent },
  { name: 'socket', type: 'text', read: (b) => b.socket ?? null },
  { name: 'methods', type: 'int4', read: (b) => (b.methods === undefined ? null : b.methods | 0) },
  { name: 'instance', type: 'text', read: (b) => b.instance ?? null },
  { name: 'reg_id', type: 'int4', read: (b) => b.regId },
];

/** One array a column: a single statement, and a single plan, for a batch of any size. */
const UPSERT = `
  insert into location (${list((column) => column.name)})
  select ${list((column) => (column.sql ?? '$').replace('$', `new.${column.name}`))}
  from unnest(${list((column) => `?::${column.type}[]`)}) as new (${list((column) => column.name)})
  on conflict (ruid) do update set ${list((column) => `${column.name} = excluded.${column.name}`)}`;

const SELECT = `
  select id, ruid, username, domain, contact, received, path, q, callid, cseq, flags, cflags, user_agent, socket, methods,
    instance, reg_id,
    (extract(epoch from expires at time zone 'UTC') * 1000)::float8 as expires_ms,
    (extract(epoch from last_modified at time zone 'UTC') * 1000)::float8 as last_modified_ms
  from location where id > ? order by id limit ${BATCH_SIZE}`;

interface LocationRow {
  id: number;
  ruid: string;
  username: string;
  domain: string | null;
  contact: string;
  received: string | null;
  path: string | null;
  q: number;
  callid: string;
  cseq: number;
  flags: number;
  cflags: number;
  user_agent: string;
  socket: string | null;
  methods: number | null;
  instance: string | null;
  reg_id: number;
  expires_ms: number;
  last_modified_ms: number;
}

function list(sqlOf: (column: Column) => string): string {
  return COLUMNS.map(sqlOf).join(', ');
}

export class LocationTable implements LocationStore {
  readonly #db: Knex;
  readonly #logger: Logger;
  readonly #rejected: Counter;

  constructor(db: Knex, logger: Logger, counters: Counters) {
    this.#db = db;
    this.#logger = logger;
    this.#rejected = counters.define('location.unstorable', 'Bindings not kept over a restart: a field is too long');
  }

  async *loadAll(): AsyncGenerator<readonly StoredBinding[]> {
    for (let lastId = 0; ; ) {
      const { rows } = await this.#db.raw<{ rows: LocationRow[] }>(SELECT, [lastId]);
      if (rows.length > 0) yield rows.map(toBinding);
      if (rows.length < BATCH_SIZE) return;
      lastId = rows.at(-1)!.id;
    }
  }

  async applyBatch(changes: readonly LocationChange[]): Promise<void> {
    // PostgreSQL refuses to touch a row twice in one statement, and the order of the rows is the
    // same in all batches, so that two nodes never wait for each other.
    const lastChanges = new Map(changes.map((change) => [change.op === 'put' ? change.binding.ruid : change.ruid, change]));
    const puts: StoredBinding[] = [];
    const removed: string[] = [];
    for (const ruid of [...lastChanges.keys()].sort()) {
      const change = lastChanges.get(ruid)!;
      if (change.op === 'remove') removed.push(ruid);
      else if (this.#storable(change.binding)) puts.push(change.binding);
    }
    if (puts.length === 0 && removed.length === 0) return;
    await this.#db.transaction(async (trx) => {
      if (removed.length > 0) await trx.raw('delete from location where ruid = any(?::text[])', [removed]);
      if (puts.length > 0) await trx.raw(UPSERT, COLUMNS.map((column) => puts.map(column.read)) as Knex.RawBinding[]);
    });
  }

  async deleteExpired(nowMs: number): Promise<number> {
    const { rowCount } = await this.#db.raw<{ rowCount: number }>(
      `delete from location where expires <= to_timestamp(?::float8 / 1000.0) at time zone 'UTC' and expires > 'epoch'`,
      [nowMs],
    );
    return rowCount;
  }

  #storable(binding: StoredBinding): boolean {
    const field = unstorableField(binding);
    if (field === undefined) return true;
    this.#rejected.value += 1;
    this.#logger.warn('a binding is not stored, a field is too long', { field, username: binding.username.slice(0, 64) });
    return false;
  }
}

function toBinding(row: LocationRow): StoredBinding {
  return {
    ruid: row.ruid,
    username: row.username,
    domain: row.domain ?? '',
    contact: row.contact,
    received: row.received ?? undefined,
    path: row.path ?? undefined,
    expiresAtMs: Math.round(row.expires_ms),
    q: row.q,
    callId: row.callid,
    cseq: row.cseq,
    flags: row.flags >>> 0,
    cflags: row.cflags >>> 0,
    userAgent: row.user_agent,
    socket: row.socket ?? undefined,
    methods: row.methods === null ? undefined : row.methods >>> 0,
    instance: row.instance ?? undefined,
    regId: row.reg_id,
    lastModifiedMs: Math.round(row.last_modified_ms),
  };
}
