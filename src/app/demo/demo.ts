import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { randomHex } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { realmOf } from '../../config/auth.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { LinksTable } from '../../db/tables/links.ts';
import { SubscriberTable } from '../../db/tables/subscriber.ts';
import { UsersTable } from '../../db/tables/users.ts';
import { ControlClient } from '../../x/emulator/control-client.ts';
import type { CommandLine } from '../command-line.ts';
import { openPool, type Database } from '../database.ts';
import { Supervisor } from '../supervisor.ts';
import { Actor } from './actor.ts';
import { ALICES_PORT, BOBS_PORT, playCallBack } from './call-back.ts';
import { playMissedCall } from './missed-call.ts';
import { Stage } from './stage.ts';

const ADDRESS = '127.0.0.1';
const DOMAIN = 'sipweet.example';
const NAMES = ['alice', 'bob'] as const;
const REGISTRATION_S = 300;
const CODE_MS = 600_000;

type Name = (typeof NAMES)[number];

/** Passwords for this one run. */
type Passwords = Readonly<Record<Name, string>>;

/**
 * The whole service as real processes, two phones, one missed call, and the call back that is asked for on X.
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

    const proxy = { protocol: 'udp', address: ADDRESS, port } as const;
    const enter = async (name: Name, audioPort: number): Promise<Actor> => {
      const actor = await Actor.enter({ name, onX: onX(name), domain: DOMAIN, password: passwords[name], proxy, address: ADDRESS, audioPort, clock, logger });
      cleanUp.push(() => actor.leave());
      return actor;
    };
    const [alice, bob] = [await enter('alice', ALICES_PORT), await enter('bob', BOBS_PORT)];
    const stage = new Stage({ sandbox: new ControlClient(x.controlUrl!), clock, tell });
    const play = async (): Promise<number> => {
      for (const { name, phone } of [alice, bob]) await stage.expectStatus(`${name} registers`, phone.register(REGISTRATION_S), 200);
      tell('alice and bob are registered, each with a password');
      const missedMs = await playMissedCall(stage, { alice, bob });
      tell('second act: bob calls back, from X');
      await playCallBack(stage, { alice, bob, code: await linkCode('bob', { url: database.url, loaded, logger }) });
      return missedMs;
    };
    const delayMs = await Promise.race([play(), givenUp, aborted(signal)]);
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

interface Access {
  readonly url: string;
  readonly loaded: LoadedConfig;
  readonly logger: Logger;
}

function addUsers({ passwords, ...access }: Access & { passwords: Passwords }): Promise<void> {
  return onDatabase(access, async (db) => {
    for (const name of NAMES) {
      await new UsersTable(db).add({ sipUser: name, xUser: onX(name) });
      await new SubscriberTable(db).upsert({ username: name, realm: realmOf(access.loaded.config), password: passwords[name] });
    }
  });
}

/** What `sipweet user link` prints. */
function linkCode(name: Name, access: Access): Promise<string> {
  return onDatabase(access, async (db) => (await new LinksTable(db).issue(name, CODE_MS)).code);
}

async function onDatabase<Result>({ url, loaded, logger }: Access, work: (db: Database) => Promise<Result>): Promise<Result> {
  const db = openPool({ url, config: loaded.config, logger, applicationName: 'sipweet demo' });
  try {
    return await work(db);
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
