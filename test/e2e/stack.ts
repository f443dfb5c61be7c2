/** The whole service as processes of its own, looked at from outside: SIP phones, the sandbox of X, tables, process ids. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Knex } from 'knex';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { SubscriberTable } from '../../src/db/tables/subscriber.ts';
import { UsersTable } from '../../src/db/tables/users.ts';
import type { IncomingCall } from '../../src/ua/incoming-call.ts';
import { UserAgent, type UserAgentOptions } from '../../src/ua/user-agent.ts';
import { ControlClient } from '../../src/x/emulator/control-client.ts';
import { CliProcess, descendantsOf, isAlive, pidOfRole, runCli, type Ended } from '../app/cli-process.ts';
import { until } from '../jobs/until.ts';

export const DOMAIN = 'example.com';
export const LOOPBACK = '127.0.0.1';

/** How long one step from X to a phone, or back, may take on a busy machine. */
export const STEP_MS = 15_000;
/** How long an orderly stop may take before a test gives up and kills. */
const STOP_MS = 30_000;
const REGISTRATION_S = 300;

export interface StackOptions {
  /** What the service is given as DATABASE_URL. */
  readonly databaseUrl: string;
  /** The same database for the test itself, past anything that it puts in between. */
  readonly db: Knex;
  /** Without it the queue lives in the database. */
  readonly redisUrl?: string | undefined;
  /** Further options, as `--set` takes them. */
  readonly set?: readonly string[];
  /** Further variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the sandbox is controlled when it is the test's own, not the service's. */
  readonly controlUrl?: string;
  /** A service that has ended: this one is started in its place, in its folder and on its port. */
  readonly after?: Stack;
}

/** What `ledger` and `dm_results` say of one event. */
export interface Delivery {
  readonly callId: string;
  readonly ledger: string;
  readonly result: string | null;
}

/** `sipweet start` on free ports of the loopback address, in a folder of its own. */
export class Stack {
  static #lastStart: Promise<unknown> = Promise.resolve();
  readonly service: CliProcess;
  readonly folder: string;
  readonly sipPort: number;
  /** Its rate limits are off. */
  readonly sandbox: ControlClient;
  readonly #db: Knex;
  readonly #t: TestContext;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(parts: { t: TestContext; service: CliProcess; folder: string; sipPort: number; sandbox: ControlClient; db: Knex; env: Readonly<Record<string, string>> }) {
    this.#t = parts.t;
    this.service = parts.service;
    this.folder = parts.folder;
    this.sipPort = parts.sipPort;
    this.sandbox = parts.sandbox;
    this.#db = parts.db;
    this.#env = parts.env;
  }

  /**
   * Runs until the test has ended, however it ends: then its processes are killed and its folder is removed. The
   * services of a test file start one after the other, or all of them are up too late; one that takes another's
   * place has a test under way that waits for it, and starts at once.
   */
  static start(t: TestContext, options: StackOptions): Promise<Stack> {
    if (options.after !== undefined) return Stack.#start(t, options);
    const started = Stack.#lastStart.then(() => Stack.#start(t, options));
    Stack.#lastStart = started.catch(() => undefined);
    return started;
  }

  static async #start(t: TestContext, { databaseUrl, db, redisUrl, set = [], env = {}, controlUrl, after }: StackOptions): Promise<Stack> {
    const folder = after?.folder ?? (await mkdtemp(join(tmpdir(), 'sipweet-e2e-')));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const allEnv = { DATABASE_URL: databaseUrl, ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }), ...env };
    const service = new CliProcess(['start', ...flags(after?.sipPort ?? 0, set)], {
      cwd: folder,
      env: allEnv,
    });
    t.after(() => killAll(service));
    const [, sipPort] = await service.said(/SIP +udp:127\.0\.0\.1:(\d+)/, 'stderr');
    await service.said(/Ctrl-C stops/, 'stderr');
    const url = controlUrl ?? /its inboxes: (http:\S+)/.exec(service.stderr)?.[1];
    assert.ok(url, 'the service has no sandbox');
    const sandbox = new ControlClient(url);
    await sandbox.setLimits(false);
    return new Stack({ t, service, folder, sipPort: Number(sipPort), sandbox, db, env: allEnv });
  }

  /** The process that plays a role at this moment. */
  async pidOf(role: 'sip' | 'worker'): Promise<number> {
    let pid: number | undefined;
    await until(`a ${role} process runs`, async () => (pid = await pidOfRole(this.service.pid, role)) !== undefined);
    return pid!;
  }

  /** kill -9; resolves with the pid when the process is gone. */
  async kill(role: 'sip' | 'worker'): Promise<number> {
    const pid = await this.pidOf(role);
    process.kill(pid, 'SIGKILL');
    await until(`${role} process ${pid} is gone`, () => !isAlive(pid));
    return pid;
  }

  /** kill -9 of all processes at once; resolves when they are gone. */
  async killAll(): Promise<void> {
    await killAll(this.service);
  }

  /** SIGTERM to the supervisor; resolves when it has ended, rejects when that takes too long. */
  async stop(): Promise<Ended> {
    this.service.kill('SIGTERM');
    await until('the service ends', () => !isAlive(this.service.pid), STOP_MS);
    return this.service.ended;
  }

  /** A user who may register, and who has an account on X of the name `<name>_x`. */
  async addUser(name: string): Promise<void> {
    await new UsersTable(this.#db).add({ sipUser: name, xUser: onX(name) });
    await new SubscriberTable(this.#db).upsert({ username: name, realm: DOMAIN, password: passwordOf(name) });
  }

  /** A phone of a user; closed when the test has ended. It is not registered yet. */
  phone(name: string, onCall?: (call: IncomingCall) => void): Promise<UserAgent> {
    return this.agent({ user: name, ...(onCall === undefined ? {} : { onCall }) });
  }

  /** The same with whatever else a user agent can be told. */
  async agent(options: { readonly user: string } & Partial<UserAgentOptions>): Promise<UserAgent> {
    const { user } = options;
    const agent = await UserAgent.start({
      displayName: user.charAt(0).toUpperCase() + user.slice(1),
      domain: DOMAIN,
      password: passwordOf(user),
      proxy: { protocol: 'udp', address: LOOPBACK, port: this.sipPort },
      address: LOOPBACK,
      clock: new SystemClock(),
      logger: silentLogger,
      ...options,
    });
    this.#t.after(() => agent.close());
    return agent;
  }

  /** The same phone as `phone`, logged in with its password. */
  async registeredPhone(name: string, onCall?: (call: IncomingCall) => void): Promise<UserAgent> {
    const agent = await this.phone(name, onCall);
    assert.equal(await agent.register(REGISTRATION_S), 200, `${name} registers`);
    return agent;
  }

  /** A command of the operator, with the environment of the service. */
  async sipweet(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(args, { cwd: this.folder, env: this.#env });
    assert.equal(code, 0, stderr);
    return stdout;
  }

  /** Texts of the messages that an account of the sandbox has, the oldest first. */
  async inbox(name: string): Promise<readonly string[]> {
    return (await this.sandbox.inbox(onX(name))).map(({ text }) => text);
  }

  /** All that was to be delivered, with what the script has noted of it (`dm_results`, by SQL out of Lua). */
  async deliveries(): Promise<readonly Delivery[]> {
    const rows = await this.#db('ledger')
      .leftJoin('dm_results', 'dm_results.event_id', 'ledger.id')
      .select({ callId: 'ledger.call_id', ledger: 'ledger.state', result: 'dm_results.state' })
      .orderBy('ledger.created_at');
    return rows as Delivery[];
  }

  /** Waits until so many events are delivered and their results noted; more of them are a failure. */
  async delivered(count: number, limitMs: number): Promise<readonly Delivery[]> {
    let all: readonly Delivery[] = [];
    const isThrough = ({ ledger, result }: Delivery): boolean => ledger === 'done' && result === 'done';
    await until(`${count} deliveries are done`, async () => (all = await this.deliveries()).filter(isThrough).length >= count, limitMs);
    assert.equal(all.length, count);
    return all;
  }
}

/** The first call that a phone gets. */
export class CallWaiter {
  readonly call: Promise<IncomingCall>;
  /** For the phone. */
  onCall: (call: IncomingCall) => void = () => {};

  constructor() {
    this.call = new Promise((resolve) => {
      this.onCall = resolve;
    });
  }
}

export function passwordOf(name: string): string {
  return `${name}-pw`;
}

export function onX(name: string): string {
  return `${name}_x`;
}

/** `--set` for a process of a test. */
export function flags(sipPort: number, more: readonly string[]): readonly string[] {
  // These tests start and kill processes again and again. Those of test/app start them with their warm-up.
  const set = ['sip.warmUpMs=0', `sip.listen=udp:${LOOPBACK}:${sipPort}`, `sip.domains=${DOMAIN}`, 'x.sandboxApiPort=0', 'x.sandboxControlPort=0', 'console.port=0', ...more];
  return set.flatMap((one) => ['--set', one]);
}

/** Ends a service that may have ended, and everything below it. */
async function killAll(service: CliProcess): Promise<void> {
  const below = await descendantsOf(service.pid);
  service.kill('SIGKILL');
  for (const { pid } of below) {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
  await service.ended;
}
