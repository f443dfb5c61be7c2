/** `commands`: what people wrote to us on X, a row a post or direct message, and what came of it. */
import type { Knex } from 'knex';
import type { IncomingCommand } from '../../commands/incoming-command.ts';

/** `received` waits; the others are ends: carried out, turned down with a reason, or none of our business. */
export type CommandState = 'received' | 'done' | 'refused' | 'ignored';

export interface StoredCommand extends IncomingCommand {
  readonly state: CommandState;
  /** For people: what was understood, or why not. Begins with a word that `countRefused` looks for. */
  readonly reason: string | undefined;
  /** Whose command it was found to be. */
  readonly sipUser: string | undefined;
}

/** How a command ended. */
export interface CommandEnd {
  readonly state: Exclude<CommandState, 'received'>;
  readonly reason: string;
  readonly sipUser?: string;
}

interface Row {
  id: string;
  source: 'post' | 'dm';
  latest_id: string;
  author_id: string;
  author_name: string;
  text: string;
  posted_at: Date;
  state: CommandState;
  reason: string | null;
  sipuser: string | null;
}

/** X takes posts of 25,000 characters; no command is that long. What is behind is cut off. */
const LONGEST_TEXT = 4_000;

const COLUMNS = 'id, source, latest_id, author_id, author_name, text, posted_at';
const AS_ROWS = `unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::float8[])
  as new (id, source, latest_id, author_id, author_name, text, posted_ms)`;
const VALUES = 'new.id, new.source, new.latest_id, new.author_id, new.author_name, new.text, to_timestamp(new.posted_ms / 1000.0)';

export class CommandsTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * Enters what is not there yet. A newer version of a post that nobody has handled takes the place of the
   * words before; of one that was handled it changes nothing.
   *
   * @returns ids of the new rows
   */
  async receive(commands: readonly IncomingCommand[]): Promise<readonly string[]> {
    if (commands.length === 0) return [];
    // `xmax` is 0 in a row that this statement has made.
    const { rows } = await this.#db.raw<{ rows: { id: string; is_new: boolean }[] }>(
      `insert into commands (${COLUMNS}) select ${VALUES} from ${AS_ROWS}
       on conflict (id) do update set text = excluded.text, latest_id = excluded.latest_id, author_name = excluded.author_name
       where commands.state = 'received' and commands.author_id = excluded.author_id
         and (length(commands.latest_id), commands.latest_id collate "C") < (length(excluded.latest_id), excluded.latest_id collate "C")
       returning id, xmax = 0 as is_new`,
      arraysOf(commands),
    );
    return rows.filter((row) => row.is_new).map((row) => row.id);
  }

  /** Enters what is not there yet as ignored, so that it can be asked why. */
  async ignore(commands: readonly IncomingCommand[], reason: string): Promise<void> {
    if (commands.length === 0) return;
    await this.#db.raw(
      `insert into commands (${COLUMNS}, state, reason, handled_at) select ${VALUES}, 'ignored', ?, now() from ${AS_ROWS}
       on conflict (id) do nothing`,
      [clean(reason), ...arraysOf(commands)],
    );
  }

  /**
   * Makes the transaction that this table stands in the only one that handles commands of the author. False
   * when another one does: nobody waits with a connection in his hand.
   */
  async lockAuthor(authorId: string): Promise<boolean> {
    const { rows } = await this.#db.raw<{ rows: { locked: boolean }[] }>(
      'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as locked',
      [`commands of ${authorId}`],
    );
    return rows[0]!.locked;
  }

  async find(id: string): Promise<StoredCommand | undefined> {
    const { rows } = await this.#db.raw<{ rows: Row[] }>('select * from commands where id = ?', [id]);
    return rows[0] === undefined ? undefined : toCommand(rows[0]);
  }

  /** The author's oldest command that waits; nobody can change its text until the transaction ends. */
  async nextFor(authorId: string): Promise<StoredCommand | undefined> {
    const { rows } = await this.#db.raw<{ rows: Row[] }>(
      `select * from commands where author_id = ? and state = 'received'
       order by posted_at, length(split_part(id, ':', 2)), split_part(id, ':', 2) collate "C" limit 1 for update`,
      [authorId],
    );
    return rows[0] === undefined ? undefined : toCommand(rows[0]);
  }

  /** False when it has ended before. */
  async finish(id: string, { state, reason, sipUser }: CommandEnd): Promise<boolean> {
    const { rowCount } = await this.#db.raw<{ rowCount: number }>(
      `update commands set state = ?, reason = ?, sipuser = ?, handled_at = now() where id = ? and state = 'received'`,
      [state, clean(reason), sipUser ?? null, id],
    );
    return rowCount > 0;
  }

  /** Ids of commands that have waited so long that their job must be lost, the oldest first. */
  async waitingLongerThan(ms: number, limit = 100): Promise<readonly string[]> {
    const { rows } = await this.#db.raw<{ rows: { id: string }[] }>(
      `select id from commands where state = 'received' and received_at <= now() - make_interval(secs => ?)
       order by received_at, id limit ?`,
      [ms / 1000, limit],
    );
    return rows.map((row) => row.id);
  }

  /**
   * How many commands of the author were handled that he wrote within so many milliseconds up to `untilMs`,
   * and how many of those were turned down with a reason that begins with `word`.
   */
  async countHandled(authorId: string, untilMs: number, withinMs: number, word: string): Promise<{ readonly all: number; readonly turnedDown: number }> {
    const { rows } = await this.#db.raw<{ rows: { all: number; turned_down: number }[] }>(
      `select count(*)::int as all, count(*) filter (where state = 'refused' and starts_with(reason, ?))::int as turned_down
       from commands where author_id = ? and state in ('done', 'refused')
         and posted_at > to_timestamp(?::float8 / 1000.0) and posted_at <= to_timestamp(?::float8 / 1000.0)`,
      [word, authorId, untilMs - withinMs, untilMs],
    );
    const { all, turned_down: turnedDown } = rows[0]!;
    return { all, turnedDown };
  }

  /** How many commands of all authors were turned down within the last so many milliseconds for a reason that begins with `word`. */
  async countRefused(word: string, withinMs: number): Promise<number> {
    const { rows } = await this.#db.raw<{ rows: { count: number }[] }>(
      `select count(*)::int as count from commands
       where state = 'refused' and received_at > now() - make_interval(secs => ?) and starts_with(reason, ?)`,
      [withinMs / 1000, word],
    );
    return rows[0]!.count;
  }
}

/** One array a column. A row comes once a statement, and in one order everywhere, so that two readers never wait for each other. */
function arraysOf(commands: readonly IncomingCommand[]): Knex.RawBinding[] {
  const byId = new Map<string, IncomingCommand>();
  for (const command of commands) {
    const known = byId.get(command.id);
    if (known === undefined || isNewer(command.latestId, known.latestId)) byId.set(command.id, command);
  }
  const rows = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.source),
    rows.map((row) => row.latestId),
    rows.map((row) => row.authorId),
    rows.map((row) => clean(row.authorName)),
    rows.map((row) => clean(row.text).slice(0, LONGEST_TEXT)),
    rows.map((row) => row.postedAtMs),
  ] as unknown as Knex.RawBinding[];
}

/** Ids of X are numbers too long for JavaScript's. */
function isNewer(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length;
}

/** PostgreSQL's text cannot hold NUL. */
function clean(text: string): string {
  return text.replaceAll('\0', '');
}

function toCommand(row: Row): StoredCommand {
  return {
    id: row.id,
    source: row.source,
    latestId: row.latest_id,
    authorId: row.author_id,
    authorName: row.author_name,
    text: row.text,
    postedAtMs: row.posted_at.getTime(),
    state: row.state,
    reason: row.reason ?? undefined,
    sipUser: row.sipuser ?? undefined,
  };
}
