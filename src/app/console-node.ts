import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { realmOf } from '../config/auth.ts';
import { addressBlock } from '../config/notations.ts';
import type { Config } from '../config/schema.ts';
import type { SigningIn } from '../console/console-context.ts';
import { ConsoleServer } from '../console/console-server.ts';
import { PasswordCheck } from '../console/password-check.ts';
import { XWebhook } from '../console/x-webhook.ts';
import { checkDatabase } from '../db/connection.ts';
import { CommandsTable } from '../db/tables/commands.ts';
import { LinksTable } from '../db/tables/links.ts';
import { SubscriberTable } from '../db/tables/subscriber.ts';
import { UsersTable } from '../db/tables/users.ts';
import { XTokensTable } from '../db/tables/x-tokens.ts';
import { TokenCipher } from '../db/token-cipher.ts';
import { CommandIntake } from '../intake/command-intake.ts';
import { Lockout } from '../sip/auth/lockout.ts';
import { sourceNetwork } from '../sip/auth/source-network.ts';
import { SignIn } from '../x/oauth2.ts';
import type { OnSpend } from '../x/prices.ts';
import type { Database } from './database.ts';
import { OwnAccount } from './own-account.ts';
import type { RunningRole } from './role.ts';
import { openXProcess } from './x-process.ts';

/**
 * The console process: the pages on which people link their accounts, and the webhook of X.
 *
 * @param parts.config  with `database.url`, the keys of X and its OAuth 2.0 client (or those of the sandbox) and
 *   `console.tokenKey` filled in as far as there are any
 * @throws AppError `db.unreachable`, `db.migration`, `jobs.unreachable`, `listen.in-use`, `listen.failed`, `x.misconfigured`
 */
export async function startConsoleNode(parts: { config: Config; clock: Clock; logger: Logger }): Promise<RunningRole> {
  const { config, clock, logger } = parts;
  const common = openXProcess({ config, clock, logger, role: 'console' });
  const { db, queue, keys, x, meter, xSwitch, counters } = common;
  const { onSpend } = meter;
  const own = new OwnAccount({ x, clock, logger });
  const links = new LinksTable(db);
  const isReady = async () => {
    await checkDatabase(db);
    await queue.health();
  };
  try {
    await common.check();
    const intake = new CommandIntake({ inbox: new CommandsTable(db), jobs: queue, clock, logger, counters, maxAgeMs: config.x.maxAgeMs, isClosed: () => xSwitch.isOff() });
    const server = await ConsoleServer.start({
      host: config.console.host,
      port: config.console.port,
      publicUrl: config.console.publicUrl,
      proxies: config.console.proxies.map(addressBlock.write),
      requestsPerMinute: config.console.requestsPerMinute,
      links,
      passwords: new PasswordCheck({ subscribers: new SubscriberTable(db), realm: realmOf(config), bound: lockoutOf(config, clock) }),
      signIn: signInOf({ config, db, logger, clock, onSpend }),
      webhook: new XWebhook({
        path: config.console.webhookPath,
        consumerSecret: keys.appSecret,
        intake,
        links,
        users: new UsersTable(db),
        us: () => own.get(),
        counters,
        logger: logger.child({ module: 'webhook' }),
        onSpend,
      }),
      networkOf: sourceNetwork,
      botName: () => own.name,
      isReady,
      clock,
      logger,
      counters,
    });
    // So that the first visitor reads our name.
    void own.name;
    const { origin, localUrl } = server;
    return {
      report: { sockets: [], console: { origin, port: Number(new URL(localUrl).port) } },
      counters,
      reload() {},
      async stop() {
        await server.stop();
        await common.close();
      },
    };
  } catch (thrown) {
    await common.close();
    throw thrown;
  }
}

function lockoutOf({ auth }: Config, clock: Clock): Lockout {
  return new Lockout({
    clock,
    userFailures: auth.maxFailuresPerUser,
    sourceFailures: auth.maxFailuresPerNetwork,
    windowMs: auth.failureWindowS * 1000,
    lockMs: auth.lockoutS * 1000,
  });
}

/** Undefined when people cannot sign in; the log says what is missing. */
function signInOf(parts: {
  config: Config;
  db: Database;
  logger: Logger;
  clock: Clock;
  onSpend: OnSpend;
}): ((redirectUri: string) => SigningIn) | undefined {
  const { config, db, logger, clock, onSpend } = parts;
  const { clientId, clientSecret, apiBase } = config.x;
  const { tokenKey } = config.console;
  if (clientId === undefined) {
    logger.info('Nobody can sign in with X here: x.clientId is not set; accounts are linked by codes in messages');
    return undefined;
  }
  if (tokenKey === undefined) {
    logger.warn('Nobody can sign in with X here: console.tokenKey is not set');
    return undefined;
  }
  const cipher = new TokenCipher(tokenKey.split(',').map((key) => key.trim()));
  const connection = { clock, logger: logger.child({ module: 'x' }), onSpend, ...(apiBase === undefined ? {} : { apiBase }) };
  return (redirectUri) => {
    const x = new SignIn({ client: { clientId, clientSecret }, redirectUri, ...connection });
    return { x, tokens: new XTokensTable({ db, cipher, refresh: (token) => x.refresh(token) }) };
  };
}
