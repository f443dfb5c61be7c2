import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { AppError, errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import { OWN_DATABASE } from '../config/script.ts';
import { PooledSqlConnection } from '../db/sql-connection.ts';
import { AddressTable } from '../db/tables/address.ts';
import { LocationTable } from '../db/tables/location.ts';
import { SiloTable } from '../db/tables/silo.ts';
import { SubscriberTable } from '../db/tables/subscriber.ts';
import { connectBullmq } from '../jobs/bullmq/bullmq-queue.ts';
import { endedWithin } from '../jobs/bullmq/deadline.ts';
import type { JobSource } from '../jobs/queue.ts';
import { ResultInbox } from '../jobs/result-inbox.ts';
import { FileSpool } from '../jobs/spool/file-spool.ts';
import { SpoolPump } from '../jobs/spool/pump.ts';
import type { ResultInboxes, SqlConnection } from '../script/ports.ts';
import { NodeDnsLookup } from '../sip/resolve/node-dns-lookup.ts';
import { findBackEnds } from './back-ends.ts';
import { openPool, requireMigrated, type Database } from './database.ts';
import { namingOption } from './listen-check.ts';
import { rateLimited } from './rate-limited.ts';
import type { RunningRole } from './role.ts';
import { SipNode } from './sip-node.ts';

/** A stranger can cause some warnings as often as he likes. */
const SAME_LINE_MS = 1000;
/** How long the last events may take from the spool to the queue at a stop; what stays is handed over at the next start. */
const FLUSH_MS = 3000;
const INBOX_CLOSE_MS = 2000;

/** Undoes what was set up, in reverse, whether the start got to its end or not. */
class Teardown {
  readonly #steps: (() => Promise<unknown> | void)[] = [];

  add(step: () => Promise<unknown> | void): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step();
  }
}

/**
 * The SIP process: a SIP node on PostgreSQL, with the spool and the queue behind `KSR.mqueue`. The
 * queue may be down when it starts, and at any time later: events wait in the spool.
 *
 * @param parts.config  with `database.url` filled in
 * @throws AppError `db.unreachable`, `db.migration`, `jobs.spool`, `listen.in-use`, `listen.failed`, `script.load`
 */
export async function startSipService(parts: { config: Config; clock: Clock; logger: Logger }): Promise<RunningRole> {
  const { config, clock } = parts;
  const { url } = config.database;
  if (url === undefined) throw new AppError('config.invalid', 'A SIP node needs database.url');
  const logger = rateLimited(parts.logger, clock, SAME_LINE_MS);
  const counters = new Counters();
  const teardown = new Teardown();
  const open = (applicationName: string, poolUrl = url) => {
    const db = openPool({ url: poolUrl, config, logger, applicationName });
    teardown.add(() => db.destroy());
    return db;
  };

  try {
    const db = open('sipweet sip');
    await requireMigrated(db);
    const { redisUrl, spoolFolder: folder } = config.queue;
    const queue = connectBullmq({ redisUrl, databaseUrl: url, clock, logger: logger.child({ module: 'queue' }) });
    teardown.add(() => queue.close());
    const spool = await FileSpool.open({ folder, clock, logger: logger.child({ module: 'spool' }), counters, maxBytes: config.limits.maxSpoolBytes });
    teardown.add(() => spool.close());
    const pump = new SpoolPump({ spool, sink: queue, clock, logger: logger.child({ module: 'spool' }), counters });
    teardown.add(async () => {
      await endedWithin(clock, FLUSH_MS, pump.flushed());
      await pump.close();
    });
    pump.start();
    const inboxes = openInboxes(config, queue, logger);
    teardown.add(() => inboxes.close());

    const node = await SipNode.start({
      config,
      clock,
      logger,
      counters,
      locationStore: new LocationTable(db, logger, counters),
      sqlConnections: sqlConnections(config, logger, counters, open),
      credentials: new SubscriberTable(db),
      addresses: new AddressTable(db),
      outbox: spool,
      inboxes,
      messageStore: new SiloTable({ db, maxPerUser: config.limits.maxStoredMessages }),
      ...(await findBackEnds(config, new NodeDnsLookup(), logger)),
    });
    teardown.add(() => node.close());
    const sockets = node.localSockets.map(({ protocol, address, port }) => ({ protocol, address, port }));
    return { report: { sockets }, counters, reload: () => void reload(node, logger), stop: () => teardown.run() };
  } catch (thrown) {
    await teardown.run();
    throw namingOption(thrown);
  }
}

/** Scripts have pools of their own: their slow statements must not keep the registrar from its writes. */
function sqlConnections(
  config: Config,
  logger: Logger,
  counters: Counters,
  open: (applicationName: string, url?: string) => Database,
): ReadonlyMap<string, SqlConnection> {
  return new Map(
    Object.entries(config.script.sqlConnections).map(([name, url]) => {
      const db = open(`sipweet script ${name}`, url === OWN_DATABASE ? undefined : url);
      return [name, new PooledSqlConnection({ db, logger, counters })];
    }),
  );
}

function openInboxes(config: Config, source: JobSource, logger: Logger): ResultInboxes & { close(): Promise<void> } {
  const names = Object.entries(config.script.mqueues).flatMap(([name, { direction }]) => (direction === 'in' ? [name] : []));
  const inboxes = new Map(names.map((queue) => [queue, new ResultInbox({ source, queue, logger })]));
  return {
    take: (queue) => inboxes.get(queue)?.take(),
    size: (queue) => inboxes.get(queue)?.size ?? 0,
    async close() {
      await Promise.all([...inboxes.values()].map((inbox) => inbox.close(INBOX_CLOSE_MS)));
    },
  };
}

async function reload(node: SipNode, logger: Logger): Promise<void> {
  try {
    await node.reload();
    logger.info('The routing script and the table address were read again');
  } catch (thrown) {
    logger.error('The reload failed: what was there before goes on serving', { reason: errorText(thrown) });
  }
}
