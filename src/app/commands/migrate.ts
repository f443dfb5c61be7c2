import type { Command } from 'commander';
import type { Config } from '../../config/schema.ts';
import type { Migrations } from '../../db/migrations.ts';
import type { CommandLine } from '../command-line.ts';
import type { Database } from '../database.ts';
import { examples } from '../help.ts';

export function addMigrateCommand(program: Command, line: CommandLine): void {
  const migrate = program
    .command('migrate')
    .summary('the database schema')
    .description('Brings the schema of the database to the version of this program, or back.')
    .addHelpText(
      'after',
      examples([
        ['sipweet migrate status', 'what is applied, what is missing'],
        ['sipweet migrate latest', 'apply what is missing; several processes may do it at once'],
        ['sipweet migrate rollback', 'take back what the last `latest` has applied'],
      ]),
    );
  migrate
    .command('latest')
    .description('Applies what is missing, in one transaction. The tables of the queue too, when no REDIS_URL is set.')
    .addHelpText('after', examples([['DATABASE_URL=postgres://... sipweet migrate latest', 'before the new version is started']]))
    .action(() =>
      onDatabase(line, async ({ db, url, config }) => {
        const { migrateLatest } = await import('../database.ts');
        const applied = await migrateLatest({ url, db, config });
        line.print(applied.length === 0 ? 'The schema is up to date' : ['Applied:', ...indent(applied)].join('\n'));
      }),
    );
  migrate
    .command('rollback')
    .description('Takes back what the last `latest` has applied; what stands in tables that go away is lost.')
    .option('--all', 'take everything back')
    .addHelpText('after', examples([['sipweet migrate rollback --all', 'an empty database again']]))
    .action(({ all = false }: { all?: boolean }) =>
      onDatabase(line, async ({ migrations }) => {
        const names = await migrations.rollback({ all });
        line.print(names.length === 0 ? 'There is nothing to take back' : ['Taken back:', ...indent(names)].join('\n'));
      }),
    );
  migrate
    .command('status')
    .description('Shows what is applied and what is missing, and changes nothing.')
    .addHelpText('after', examples([['sipweet migrate status', 'also on a database that was never migrated']]))
    .action(() =>
      onDatabase(line, async ({ migrations }) => {
        const { applied, pending } = await migrations.status();
        line.print(['Applied:', ...indent(applied), 'Missing:', ...indent(pending)].join('\n'));
      }),
    );
}

interface Target {
  readonly db: Database;
  readonly migrations: Migrations;
  readonly url: string;
  readonly config: Config;
}

async function onDatabase(line: CommandLine, work: (target: Target) => Promise<void>): Promise<void> {
  const loaded = line.load();
  const { config } = loaded;
  const { Migrations } = await import('../../db/migrations.ts');
  const { openPool, reachDatabase } = await import('../database.ts');
  const logger = line.commandLog(loaded);
  const access = await reachDatabase({ config, logger });
  const db = openPool({ url: access.url, config, logger, applicationName: 'sipweet migrate' });
  try {
    await work({ db, migrations: new Migrations(db), url: access.url, config });
  } finally {
    await db.destroy();
    await access.release();
  }
}

function indent(names: readonly string[]): readonly string[] {
  return names.length === 0 ? ['  nothing'] : names.map((name) => `  ${name}`);
}
