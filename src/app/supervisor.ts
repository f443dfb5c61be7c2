import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppError } from '../base/errors.ts';
import { errorText } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { migrateLatest, openPool, ownDatabase, type DatabaseAccess } from './database.ts';
import { listenAddresses } from './listen-addresses.ts';
import { checkListenAddresses } from './listen-check.ts';
import type { Role, SipSocket } from './process-messages.ts';
import { SupervisedProcess } from './supervised-process.ts';
import { tokenKeyFor } from './token-key.ts';
import { reachX, type XAccess } from './x-access.ts';

export interface SupervisorOptions {
  readonly loaded: LoadedConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the processes write their logs. */
  readonly log: 'stdout' | 'stderr';
  /** See `AccessOptions`. */
  readonly durable?: boolean;
  /** Called once, when a process of the service died too often; the service is still to be stopped. */
  readonly onGivenUp: (reason: AppError) => void;
}

/** What runs where; for people. */
export interface ServiceView {
  readonly sockets: readonly SipSocket[];
  readonly database: Pick<DatabaseAccess, 'embedded' | 'url'>;
  readonly x: Pick<XAccess, 'apiBase' | 'controlUrl'>;
  /** Where people link their accounts; undefined when `console.enabled` is off. */
  readonly consoleUrl: string | undefined;
}

/** How long a SIP process may take to end: its last registrations and events are written meanwhile. */
const SIP_STOP_MS = 15_000;
/** How long the console may take to end: X waits ten seconds for the answer to a delivery. */
const CONSOLE_STOP_MS = 12_000;
/** What a worker needs besides `worker.stopMs`. */
const WORKER_STOP_MS = 10_000;

/** Source tree and built package have the same files with other endings. */
const ROLE_PROCESS = fileURLToPath(new URL(`./role-process${extname(import.meta.url)}`, import.meta.url));

/**
 * The whole service on one machine: the embedded database and the sandbox of X in this process, as
 * far as they are wanted, and a SIP process, a worker and the console as its children, which are started again
 * when they die. They share nothing with this process but their channel.
 */
export class Supervisor {
  readonly view: ServiceView;
  readonly #sip: SupervisedProcess;
  readonly #worker: SupervisedProcess;
  readonly #console: SupervisedProcess | undefined;
  readonly #workerStopMs: number;
  readonly #database: DatabaseAccess;
  readonly #x: XAccess;
  readonly #logger: Logger;

  private constructor(parts: {
    view: ServiceView;
    sip: SupervisedProcess;
    worker: SupervisedProcess;
    console: SupervisedProcess | undefined;
    workerStopMs: number;
    database: DatabaseAccess;
    x: XAccess;
    logger: Logger;
  }) {
    this.view = parts.view;
    this.#sip = parts.sip;
    this.#worker = parts.worker;
    this.#console = parts.console;
    this.#workerStopMs = parts.workerStopMs;
    this.#database = parts.database;
    this.#x = parts.x;
    this.#logger = parts.logger;
  }

  /**
   * Starts everything, or nothing: what was started is stopped when a part of it fails.
   *
   * @throws AppError what the failing part said
   */
  static async start(options: SupervisorOptions): Promise<Supervisor> {
    const { loaded, clock, logger, log, durable, onGivenUp } = options;
    const addresses = listenAddresses(loaded, logger);
    await checkListenAddresses(addresses, { clock, logger, udpEngine: loaded.config.sip.udpEngine });
    const database = await ownDatabase({ config: loaded.config, logger, ...(durable === undefined ? {} : { durable }) });
    let x: XAccess | undefined;
    const processes: SupervisedProcess[] = [];
    try {
      await migrate(database.url, loaded.config, logger);
      x = await reachX({ config: loaded.config, clock, logger: logger.child({ module: 'sandbox' }) });
      const isOnTrial = database.embedded !== undefined || x.controlUrl !== undefined;
      const tokenKey = loaded.config.console.enabled ? await tokenKeyFor({ config: loaded.config, isOnTrial, logger }) : undefined;
      let config = resolve(loaded, { database, x, listen: addresses, tokenKey });
      const supervise = (role: Role) => {
        const one = new SupervisedProcess({ role, entry: ROLE_PROCESS, config: () => config, clock, logger, log, onGivenUp });
        processes.push(one);
        return one;
      };
      const sip = supervise('sip');
      const worker = supervise('worker');
      const pages = config.console.enabled ? supervise('console') : undefined;
      const [{ sockets }, , pagesReport] = await Promise.all([sip.start(), worker.start(), pages?.start()]);
      const ofConsole = pagesReport?.console;
      // A port that was any free one stays the same when the process is started again.
      const listen = sockets.map(({ protocol, address, port }) => ({ transport: protocol, host: address, port }));
      config = { ...config, sip: { ...config.sip, listen }, console: { ...config.console, port: ofConsole?.port ?? config.console.port } };
      return new Supervisor({
        view: { sockets, database, x, consoleUrl: ofConsole?.origin },
        sip,
        worker,
        console: pages,
        workerStopMs: config.worker.stopMs + WORKER_STOP_MS,
        database,
        x,
        logger,
      });
    } catch (thrown) {
      await Promise.all(processes.map((one) => one.kill()));
      await x?.release();
      await database.release();
      throw thrown;
    }
  }

  /** The SIP process reads its script again, and logs a mistake in it. */
  reloadScript(): void {
    this.#sip.reload();
  }

  /** Each process writes its counters to the log. */
  logCounters(): void {
    this.#sip.logCounters();
    this.#worker.logCounters();
    this.#console?.logCounters();
  }

  /** Ends everything in the order of the flow: first no calls and no deliveries of X come in, then the jobs are done, then the database goes. */
  async stop(): Promise<void> {
    await Promise.all([this.#sip.stop(SIP_STOP_MS), this.#console?.stop(CONSOLE_STOP_MS)]);
    await this.#worker.stop(this.#workerStopMs);
    await this.#release();
  }

  /** Ends everything at once; spool, queue and ledger make good for it at the next start. */
  async stopNow(): Promise<void> {
    await Promise.all([this.#sip.kill(), this.#worker.kill(), this.#console?.kill()]);
    await this.#release();
  }

  async #release(): Promise<void> {
    await this.#x.release();
    try {
      await this.#database.release();
      if (this.#database.embedded !== undefined) this.#logger.debug('The embedded PostgreSQL has ended');
    } catch (thrown) {
      this.#logger.error('The embedded PostgreSQL cannot be stopped', { reason: errorText(thrown) });
    }
  }
}

async function migrate(url: string, config: Config, logger: Logger): Promise<void> {
  const db = openPool({ url, config, logger, applicationName: 'sipweet start' });
  try {
    const applied = await migrateLatest({ url, db, config });
    if (applied.length > 0) logger.info('The database was migrated', { applied: applied.join(', ') });
  } finally {
    await db.destroy();
  }
}

/** The configuration of the children: nothing in it is left to a default that they would have to find. */
function resolve({ config, sources }: LoadedConfig, found: { database: DatabaseAccess; x: XAccess; listen: Config['sip']['listen']; tokenKey: string | undefined }): Config {
  const isSandbox = found.x.controlUrl !== undefined;
  return {
    ...config,
    sip: { ...config.sip, listen: found.listen },
    database: { ...config.database, url: found.database.url },
    // Who tries things out with the sandbox has his phones on this machine too.
    routing: { ...config.routing, allowLoopback: sources.has('routing.allowLoopback') ? config.routing.allowLoopback : isSandbox },
    // A stream costs nothing there, and nobody who tries things out waits for the next look.
    x: { ...config.x, ...found.x.keys, ...found.x.client, apiBase: found.x.apiBase, push: sources.has('x.push') || !isSandbox ? config.x.push : 'activity' },
    console: { ...config.console, tokenKey: found.tokenKey },
  };
}
