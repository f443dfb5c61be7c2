/**
 * Brings the schema to the version of this code and back. The migrations are plain modules in
 * `migrations/` at the package's root, read as they are from the source tree and the built package.
 *
 * Many nodes may start at once: one migrates, the others wait. The lock is an advisory lock of
 * PostgreSQL and all work happens in one transaction, so a process that is killed half-way leaves
 * neither a lock nor half a schema. Knex's own lock row is taken too; found locked while we hold
 * ours, it is a dead process's, and freed.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import { AppError, errorText } from '../base/errors.ts';
import { checkDatabase, sqlState } from './connection.ts';

/** The migrations that belong to this code. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Any number that other programs do not use on the same database; this one is "sipweet" in bytes. */
const ADVISORY_LOCK = '32485554082112884';
const LOCK_PATIENCE_MS = 60_000;

export interface MigrationStatus {
  /** Names of what the database has, oldest first. */
  readonly applied: readonly string[];
  /** Names of what this code has and the database has not, in the order in which they would run. */
  readonly pending: readonly string[];
}

export class Migrations {
  readonly #db: Knex;
  readonly #source: FolderSource;

  constructor(db: Knex, folder = MIGRATIONS_FOLDER) {
    this.#db = db;
    this.#source = new FolderSource(folder);
  }

  /** Applies what is pending and returns its names. @throws AppError `db.migration`, `db.unreachable` */
  async latest(): Promise<readonly string[]> {
    return this.#locked(async (migrator, config) => (await migrator.latest(config))[1]);
  }

  /** Takes the last batch back, or everything, and returns the names. @throws as `latest` */
  async rollback(options: { readonly all?: boolean } = {}): Promise<readonly string[]> {
    return this.#locked(async (migrator, config) => (await migrator.rollback(config, options.all === true))[1]);
  }

  /** Looks without changing anything, also at a database that was never migrated. @throws as `latest` */
  async status(): Promise<MigrationStatus> {
    await checkDatabase(this.#db);
    const wasMigrated = await hasTable(this.#db, 'knex_migrations');
    const applied: string[] = wasMigrated ? await this.#db('knex_migrations').orderBy('id').pluck('name') : [];
    const all = await this.#source.getMigrations();
    return { applied, pending: all.filter((name) => !applied.includes(name)) };
  }

  async #locked(
    work: (migrator: Knex.Migrator, config: Knex.MigratorConfig) => Promise<string[]>,
  ): Promise<readonly string[]> {
    await checkDatabase(this.#db);
    try {
      return await this.#db.transaction(async (trx) => {
        await trx.raw(`set local lock_timeout = ${LOCK_PATIENCE_MS}`);
        await trx.raw('set local statement_timeout = 0');
        await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCK]);
        const config = { migrationSource: this.#source };
        if (await isLocked(trx)) await trx.migrate.forceFreeMigrationsLock(config);
        return work(trx.migrate, config);
      });
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      throw new AppError('db.migration', `The database cannot be migrated: ${explain(thrown)}`, { cause: thrown });
    }
  }
}

/** The modules of one folder in the order of their names. Each exports `up(knex)` and `down(knex)`. */
export class FolderSource implements Knex.MigrationSource<string> {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async getMigrations(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => name.endsWith('.mjs')).sort();
    } catch (thrown) {
      const reason = `Cannot read the migrations in ${this.#folder}: ${errorText(thrown)}`;
      throw new AppError('db.migration', reason, { cause: thrown });
    }
  }

  getMigrationName(name: string): string {
    return name;
  }

  async getMigration(name: string): Promise<Knex.Migration> {
    return (await import(pathToFileURL(join(this.#folder, name)).href)) as Knex.Migration;
  }
}

async function hasTable(db: Knex, name: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { known: boolean }[] }>('select to_regclass(?) is not null as known', [name]);
  return rows[0]?.known === true;
}

async function isLocked(trx: Knex.Transaction): Promise<boolean> {
  if (!(await hasTable(trx, 'knex_migrations_lock'))) return false;
  return (await trx('knex_migrations_lock').where({ is_locked: 1 }).first('index')) !== undefined;
}

function explain(thrown: unknown): string {
  const text = errorText(thrown);
  if (text.includes('migration directory is corrupt')) return 'it was made by a newer or another version of sipweet';
  // Knex puts the whole statement in front of PostgreSQL's words.
  return sqlState(thrown) === undefined ? text : text.slice(text.lastIndexOf(' - ') + 3);
}
