import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { randomHex } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { realmOf } from '../../config/auth.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { SubscriberTable } from '../../db/tables/subscriber.ts';
import { UsersTable } from '../../db/tables/users.ts';
import type { IncomingCall } from '../../ua/incoming-call.ts';
import { UserAgent } from '../../ua/user-agent.ts';
import { ControlClient } from '../../x/emulator/control-client.ts';
import type { CommandLine } from '../command-line.ts';
import { openPool } from '../database.ts';
import { Supervisor } from '../supervisor.ts';
import { playMissedCall } from './story.ts';

const ADDRESS = '127.0.0.1';
const DOMAIN = 'sipweet.example';
const NAMES = ['alice', 'bob'] as const;

type Name = (typeof NAMES)[number];

/** Passwords for this one run. */
type Passwords = Readonly<Record<Name, string>>;

/**
 * The whole service as real processes, two phones, and one missed call.
 *
 * @throws AppError `demo.failed`, and whatever a part of the service says when it cannot start
 */
export async function runDemo({ line, signal }: { line: CommandLine; signal: AbortSignal }): Promise<void> {
  const { clock } = line;
  const startedAtMs = clock.monotonicMs();
  const tell = (step: string) => {
    signal.throwIfAborted();
    line.print(`[${((clock.monotonicMs() - startedAtMs) / 1000).toFixed(2).padStart(6)} s] ${step}`);
  };
  const folder = await mkdtemp(join(tmpdir(), 'sipweet-demo-'));
  const cleanUp: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    // When this is root, PostgreSQL runs as somebody else, who has to reach its data.
    await chmod(folder, 0o755);
    const loaded = configuration(folder, line.overrides);
    const logger = line.commandLog(loaded);
    tell('starting PostgreSQL, a SIP process, a worker and the sandbox of X');
    let giveUp: (reason: AppError) => void = () => {};
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    givenUp.catch(() => {});
    const supervisor = await Supervisor.start({ loaded, clock, logger, log: 'stderr', durable: false, onGivenUp: giveUp });
    cleanUp.push(() => supervisor.stop());
    const { sockets, database, x } = supervisor.view;
    const { port } = sockets[0]!;
    tell(`everything runs: SIP on udp:${ADDRESS}:${port}`);

    const passwords: Passwords = { alice: randomHex(12), bob: randomHex(12) };
    await addUsers({ url: database.url, loaded, logger, passwords });
    tell(`users alice (@${onX('alice')} on X) and bob (@${onX('bob')}) are added`);

    let ring: (call: IncomingCall) => void = () => {};
    const bobIsCalled = new Promise<IncomingCall>((resolve) => {
      ring = resolve;
    });
    const proxy = { protocol: 'udp', address: ADDRESS, port } as const;
    const common = { domain: DOMAIN, proxy, address: ADDRESS, clock, logger };
    const alice = await UserAgent.start({ ...common, user: 'alice', displayName: 'Alice', password: passwords.alice });
    cleanUp.push(() => alice.close());
    const bob = await UserAgent.start({ ...common, user: 'bob', displayName: 'Bob', password: passwords.bob, onCall: (call) => ring(call) });
    cleanUp.push(() => bob.close());

    const sandbox = new ControlClient(x.controlUrl!);
    const story = playMissedCall({ alice, bob, bobIsCalled, bobOnX: onX('bob'), sandbox, clock, tell });
    const delayMs = await Promise.race([story, givenUp, aborted(signal)]);
    await finish(cleanUp);
    line.print(`SIP to DM: ${delayMs} ms, from the CANCEL of alice's phone until the sandbox of X had the message`);
  } catch (thrown) {
    throw signal.aborted ? new AppError('demo.failed', 'The demonstration was stopped') : thrown;
  } finally {
    await finish(cleanUp);
  }
}

function configuration(folder: string, more: readonly string[]): LoadedConfig {
  const overrides = [
    `sip.listen=udp:${ADDRESS}:0`,
    `sip.domains=${DOMAIN}`,
    `database.dataFolder=${join(folder, 'postgres')}`,
    `queue.spoolFolder=${join(folder, 'spool')}`,
    // Both phones are on this machine.
    'routing.allowLoopback=true',
    'x.sandboxApiPort=0',
    'x.sandboxControlPort=0',
    'console.enabled=false',
    'log.level=warn',
    ...more,
  ];
  return loadConfig({ overrides, searchPaths: [] });
}

function onX(name: Name): string {
  return `${name}_example`;
}

async function addUsers(parts: { url: string; loaded: LoadedConfig; logger: Logger; passwords: Passwords }): Promise<void> {
  const { url, loaded, logger, passwords } = parts;
  const { config } = loaded;
  const db = openPool({ url, config, logger, applicationName: 'sipweet demo' });
  try {
    for (const name of NAMES) {
      await new UsersTable(db).add({ sipUser: name, xUser: onX(name) });
      await new SubscriberTable(db).upsert({ username: name, realm: realmOf(config), password: passwords[name] });
    }
  } finally {
    await db.destroy();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}

/** What was set up last goes first. */
async function finish(cleanUp: (() => Promise<unknown>)[]): Promise<void> {
  for (let step = cleanUp.pop(); step !== undefined; step = cleanUp.pop()) await step();
}
