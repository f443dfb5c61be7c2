import type { Command } from 'commander';
import type { Config } from '../../config/schema.ts';
import type { Logger } from '../../base/logger.ts';
import { socketName } from '../../sip/transport/listen-error.ts';
import type { CommandLine } from '../command-line.ts';
import { logCounters } from '../counter-log.ts';
import { EXIT_FAILURE } from '../failure.ts';
import { examples } from '../help.ts';
import { listenAddresses } from '../listen-addresses.ts';
import type { Role } from '../process-messages.ts';
import { startRole, type RunningRole } from '../role.ts';
import { followSignals } from '../signals.ts';

/** `sipweet sip`, `sipweet worker` and `sipweet console`: one process of the service, for several machines or a container each. */
export function addRoleCommands(program: Command, line: CommandLine): void {
  program
    .command('sip')
    .summary('run one SIP process')
    .description(
      'Runs the SIP side alone: proxy, registrar and routing script. The schema has to be there: run `sipweet migrate latest` first. SIGHUP reads the script again, SIGTERM ends in order.',
    )
    .addHelpText(
      'after',
      examples([
        ['DATABASE_URL=postgres://user:password@db/sipweet sipweet sip', 'on your PostgreSQL, queue included'],
        ['sipweet sip -c /etc/sipweet/sipweet.yaml', 'as the file says'],
      ]),
    )
    .action(() => run('sip', line));
  program
    .command('worker')
    .summary('run one worker process')
    .description(
      'Runs a worker alone: it takes missed calls from the queue and sends the direct messages. Any number of them work side by side. SIGTERM ends in order: the message that is being sent is sent.',
    )
    .addHelpText(
      'after',
      examples([
        ['DATABASE_URL=... REDIS_URL=redis://queue sipweet worker', 'on your PostgreSQL and Redis'],
        ['sipweet worker --set worker.concurrency=20', 'more messages at once'],
      ]),
    )
    .action(() => run('worker', line));
  program
    .command('console')
    .summary('run the web pages for linking accounts')
    .description(
      'Runs the small web server alone: pages on which people link their SIP user with their account on X, and the webhook of X. One process is enough. SIGTERM ends in order.',
    )
    .addHelpText(
      'after',
      examples([
        ['DATABASE_URL=... sipweet console --set console.publicUrl=https://link.example.com', 'behind your web server with TLS'],
        ['sipweet console --set console.port=8080', 'on another port of this machine'],
      ]),
    )
    .action(() => run('console', line));
}

async function run(role: Role, line: CommandLine): Promise<void> {
  const loaded = line.load();
  const logger = line.serviceLog(loaded).child({ role });
  const { clock } = line;
  const { reachDatabase } = await import('../database.ts');
  const database = await reachDatabase({ config: loaded.config, logger });
  const release = [() => database.release()];
  let running: RunningRole | undefined;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const unfollow = followSignals({
    stop: () => end(),
    stopNow: () => process.exit(EXIT_FAILURE),
    reload: () => running?.reload(),
    logCounters: () => {
      if (running !== undefined) logCounters(running.counters, logger);
    },
  });
  try {
    let config: Config = { ...loaded.config, database: { ...loaded.config.database, url: database.url } };
    if (database.embedded !== undefined) await migrateEmbedded(config, database.url, logger);
    if (role === 'sip') {
      config = { ...config, sip: { ...config.sip, listen: listenAddresses(loaded, logger) } };
    } else if (role === 'console') {
      config = await consoleSettings(config, database.embedded !== undefined, logger);
    } else {
      const { reachX } = await import('../x-access.ts');
      const x = await reachX({ config, clock, logger: logger.child({ module: 'sandbox' }) });
      release.push(() => x.release());
      config = { ...config, x: { ...config.x, ...x.keys, ...x.client, apiBase: x.apiBase } };
    }
    const started = await startRole(role, { config, clock, logger });
    running = started;
    release.push(() => started.stop());
    const { sockets, console: pages } = started.report;
    const places = [...sockets.map(({ protocol, address, port }) => socketName(protocol, address, port)), ...(pages === undefined ? [] : [pages.origin])];
    logger.info(`The ${role} process is ready`, places.length === 0 ? {} : { listen: places.join(' ') });
    await ended;
    logger.info('Stopping');
  } finally {
    for (const one of release.reverse()) await one();
    unfollow();
  }
}

/** What the console needs of X and of the disk. */
async function consoleSettings(config: Config, isEmbedded: boolean, logger: Logger): Promise<Config> {
  const [{ joinX, usesSandbox }, { tokenKeyFor }] = await Promise.all([import('../x-access.ts'), import('../token-key.ts')]);
  const { keys, client, apiBase } = joinX(config);
  const tokenKey = await tokenKeyFor({ config, isOnTrial: isEmbedded || usesSandbox(config), logger });
  return { ...config, x: { ...config.x, ...keys, ...client, apiBase }, console: { ...config.console, tokenKey } };
}

async function migrateEmbedded(config: Config, url: string, logger: Logger): Promise<void> {
  const { migrateLatest, openPool } = await import('../database.ts');
  const db = openPool({ url, config, logger, applicationName: 'sipweet command' });
  try {
    await migrateLatest({ url, db, config });
  } finally {
    await db.destroy();
  }
}
