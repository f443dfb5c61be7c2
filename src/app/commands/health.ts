import type { Command } from 'commander';
import { AppError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { endedWithin } from '../../jobs/bullmq/deadline.ts';
import type { Config } from '../../config/schema.ts';
import type { CommandLine } from '../command-line.ts';
import { examples } from '../help.ts';
import { switchLine } from './x-switch.ts';

const ANSWER_MS = 4000;
const SIP_PORT = 5060;

/** For containers and load balancers: exit code 0 when the service does its work, 1 with the reason otherwise. */
export function addHealthCommand(program: Command, line: CommandLine): void {
  const health = program
    .command('health')
    .summary('ask whether a process does its work')
    .description('Asks a running service for a sign of life; exit code 1 when there is none.')
    .addHelpText(
      'after',
      examples([
        ['sipweet health sip', 'the SIP process of this machine answers OPTIONS'],
        ['sipweet health worker', 'database and queue answer'],
        ['sipweet health console', 'its pages can be had'],
      ]),
    );
  health
    .command('sip')
    .description('Sends OPTIONS over UDP to the first UDP address of sip.listen, and wants 200 within four seconds.')
    .option('--address <host:port>', 'ask there instead; a numeric IPv4 address')
    .addHelpText('after', examples([['sipweet health sip --address 192.0.2.1:5060', 'another machine']]))
    .action(({ address }: { address?: string }) => askSip(line, address));
  health
    .command('worker')
    .description('Asks the database and the queue, without which a worker can do nothing.')
    .addHelpText('after', examples([['sipweet health worker', 'in a container with the environment of the worker']]))
    .action(() => askBackEnds(line));
  health
    .command('console')
    .description('Asks the console of this machine, at console.host and console.port, for `/readyz` and wants 200 within four seconds.')
    .addHelpText('after', examples([['sipweet health console', 'in a container with the environment of the console']]))
    .action(() => askConsole(line));
}

async function askSip(line: CommandLine, address: string | undefined): Promise<void> {
  const target = address === undefined ? ownAddress(line.load().config) : parseAddress(address);
  const { clock } = line;
  const local = target.address.startsWith('127.') ? '127.0.0.1' : target.address === '::1' ? '::1' : '0.0.0.0';
  const { UserAgent } = await import('../../ua/user-agent.ts');
  const proxy = { protocol: 'udp', ...target } as const;
  const identity = { user: 'health', displayName: '', domain: target.address, password: '' };
  const agent = await UserAgent.start({ ...identity, proxy, address: local, clock, logger: silentLogger });
  try {
    const status = agent.ask('OPTIONS', `sip:${target.address.includes(':') ? `[${target.address}]` : target.address}:${target.port}`);
    const where = `${target.address}:${target.port}`;
    if (!(await endedWithin(clock, ANSWER_MS, status))) throw new AppError('process.failed', `No SIP answer from ${where} within ${ANSWER_MS} ms`);
    if ((await status) !== 200) throw new AppError('process.failed', `SIP at ${where} answers OPTIONS with ${await status}, not with 200`);
    line.print(`SIP at ${where} answers`);
  } finally {
    await agent.close();
  }
}

async function askBackEnds(line: CommandLine): Promise<void> {
  const { config } = line.load();
  const { clock } = line;
  const logger = silentLogger;
  const [{ openPool, reachDatabase }, { checkDatabase }, { connectBullmq }, { SwitchesTable, X_SWITCH }] = await Promise.all([
    import('../database.ts'),
    import('../../db/connection.ts'),
    import('../../jobs/bullmq/bullmq-queue.ts'),
    import('../../db/tables/switches.ts'),
  ]);
  const access = await reachDatabase({ config, logger });
  const db = openPool({ url: access.url, config, logger, applicationName: 'sipweet health' });
  const queue = connectBullmq({ redisUrl: config.queue.redisUrl, databaseUrl: access.url, clock, logger });
  try {
    await checkDatabase(db);
    await queue.health();
    line.print('Database and queue answer');
    // Whoever asks because nothing arrives is to see it; the worker itself is well.
    const x = await new SwitchesTable(db).find(X_SWITCH);
    if (x.off) line.print(switchLine(x));
  } finally {
    await queue.close();
    await db.destroy();
    await access.release();
  }
}

async function askConsole(line: CommandLine): Promise<void> {
  const { host, port } = line.load().config.console;
  if (port === 0) throw new AppError('usage', 'console.port is 0, any free port: give it a number to ask there');
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  const url = `http://${name}:${port}/readyz`;
  let status: number;
  try {
    ({ status } = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) }));
  } catch (thrown) {
    throw new AppError('process.failed', `No answer from the console at ${url} within ${ANSWER_MS} ms`, { cause: thrown });
  }
  if (status !== 200) throw new AppError('process.failed', `The console at ${url} answers ${status}, not 200`);
  line.print(`The console at ${url} is ready`);
}

interface Address {
  readonly address: string;
  readonly port: number;
}

function ownAddress(config: Config): Address {
  const socket = config.sip.listen.find(({ transport, port }) => transport === 'udp' && port !== 0);
  if (socket === undefined) {
    throw new AppError('usage', 'sip.listen names no UDP address with a port: say with --address where to ask');
  }
  const { host, port } = socket;
  return { address: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port };
}

function parseAddress(text: string): Address {
  const match = /^(\d+\.\d+\.\d+\.\d+)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) throw new AppError('usage', `"${text}" is no address like 192.0.2.1:5060`);
  return { address: match[1]!, port: match[2] === undefined ? SIP_PORT : Number(match[2]) };
}
