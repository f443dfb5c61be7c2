/** Couples who call each other by writing on X, in front of a service that a test kills and starts again. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Knex } from 'knex';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { LinksTable } from '../../src/db/tables/links.ts';
import type { IncomingCall } from '../../src/ua/incoming-call.ts';
import { startEmulator } from '../../src/x/emulator/server.ts';
import { until } from '../jobs/until.ts';
import { Ringer } from './ringer.ts';
import { flags, onX, Stack, type StackOptions } from './stack.ts';

/** A lost job is found after 20 s, that of a message after a minute, a lost SIP process after 30 s, and that is only the beginning. */
export const REPAIRED_MS = 150_000;

/** Steps of a call in their order: the states of its row that a phone can bring about. */
const STEPS = ['ringing', 'answered', 'connected', 'ended'] as const;
type Step = (typeof STEPS)[number];

/** How it ended for who asked: the state of the row, INVITEs that each phone got, and what he was told besides the answer. */
export interface Ending {
  readonly state: string;
  readonly caller: number;
  readonly callee: number;
  readonly told?: RegExp;
}

export class Scene {
  readonly db: Knex;
  stack: Stack;
  readonly #t: TestContext;
  readonly #options: StackOptions;

  private constructor(t: TestContext, options: StackOptions, stack: Stack) {
    this.db = options.db;
    this.stack = stack;
    this.#t = t;
    this.#options = options;
  }

  /** X is this test's own: it outlives the service. */
  static async start(t: TestContext, options: StackOptions): Promise<Scene> {
    const emulator = await startEmulator({ clock: new SystemClock(), logger: silentLogger, apiPort: 0, controlPort: 0, limitsEnabled: false });
    t.after(() => emulator.close());
    const set = ['x.pollMs=250', 'x.messagePollMs=250', 'worker.sweepMs=1000', 'calls.ringMs=180000', 'console.enabled=false', 'database.statementTimeoutMs=60000', ...(options.set ?? [])];
    const all = { ...options, set, env: { X_API_BASE: emulator.apiUrl }, controlUrl: emulator.controlUrl };
    return new Scene(t, all, await Stack.start(t, all));
  }

  /** For a further process of the same service, on a port of its own: its options and its environment. */
  get further(): { readonly flags: readonly string[]; readonly env: Readonly<Record<string, string>> } {
    const { set = [], env = {}, databaseUrl, redisUrl } = this.#options;
    return { flags: flags(0, set), env: { ...env, DATABASE_URL: databaseUrl, ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }) } };
  }

  /** The service is started again behind `stack.killAll()`. */
  async startAgain(): Promise<void> {
    this.stack = await Stack.start(this.#t, { ...this.#options, after: this.stack });
  }

  /** Two users with a phone each; the account of the first one may act for him. */
  async couple(name: string): Promise<Couple> {
    const [caller, callee] = [`${name}1`, `${name}2`];
    await this.stack.addUser(callee);
    const xUserId = await this.linked(caller);
    return new Couple(this, { caller, callee, xUserId }, await this.#phone(caller), await this.#phone(callee));
  }

  async #phone(user: string): Promise<Ringer> {
    return (await Ringer.open(this.stack, user)).register();
  }

  /** A user whose account on X may act for him. Gives the id of the account. */
  async linked(name: string): Promise<string> {
    await this.stack.addUser(name);
    const { id: xUserId } = await this.stack.sandbox.putUser({ username: onX(name) });
    const links = new LinksTable(this.db);
    const { outcome } = await links.redeem((await links.issue(name, 60_000)).code, { xUserId, xName: onX(name) });
    assert.equal(outcome, 'linked');
    return xUserId;
  }

  /** Waits until there is nothing left to do, for anybody. */
  async quiet(): Promise<void> {
    let left: unknown;
    await until(
      'nothing is under way',
      async () => {
        const { rows } = await this.db.raw<{ rows: unknown[] }>(
          `select 'command' as what, id, state from commands where state = 'received'
           union all select 'call', id, state from calls where state in ('planned', 'claimed', 'ringing', 'answered', 'connected')
           union all select 'message', id, state from ledger where state in ('planned', 'sending')`,
        );
        left = rows;
        return rows.length === 0;
      },
      REPAIRED_MS,
    ).catch((thrown: unknown) => {
      throw new Error(`${(thrown as Error).message}; there are: ${JSON.stringify(left)}`);
    });
  }
}

/** One who calls and one who is called. */
export class Couple {
  readonly xUserId: string;
  readonly user: string;
  readonly #scene: Scene;
  readonly #callee: string;
  readonly #phones: { readonly caller: Ringer; readonly callee: Ringer };
  readonly #calls: { caller?: IncomingCall; callee?: IncomingCall } = {};
  #steps = 0;
  #posts = 0;

  constructor(scene: Scene, names: { readonly caller: string; readonly callee: string; readonly xUserId: string }, caller: Ringer, callee: Ringer) {
    this.#scene = scene;
    this.user = names.caller;
    this.xUserId = names.xUserId;
    this.#callee = names.callee;
    this.#phones = { caller, callee };
  }

  /** "@sipweet call @callee", and what else he says of it. */
  ask(when = ''): Promise<string> {
    return this.post(`call @${onX(this.#callee)}${when === '' ? '' : ` ${when}`}`);
  }

  async post(text: string): Promise<string> {
    this.#posts += 1;
    return (await this.#scene.stack.sandbox.postAs({ from: onX(this.user), text: `@sipweet ${text}` })).id;
  }

  /** The one call of the couple. */
  async call(): Promise<Readonly<Record<string, unknown>> | undefined> {
    const rows = await this.#scene.db('calls').where({ sipuser: this.user });
    assert.ok(rows.length <= 1, `${this.user} has ${rows.length} calls`);
    return rows[0];
  }

  /** The one schedule of the couple. */
  async schedule(): Promise<{ readonly id: string; readonly state: string; readonly next_at: Date | null }> {
    let rows: { id: string; state: string; next_at: Date | null }[] = [];
    await until(`${this.user} has a schedule`, async () => (rows = await this.#scene.db('schedules').where({ sipuser: this.user })).length > 0);
    assert.equal(rows.length, 1);
    return rows[0]!;
  }

  async isIn(state: string, limitMs = REPAIRED_MS): Promise<void> {
    let found: unknown;
    await until(`the call of ${this.user} is ${state}`, async () => (found = (await this.call())?.['state']) === state, limitMs).catch(async (thrown: unknown) => {
      throw new Error(`${(thrown as Error).message}; it is ${String(found)}: ${JSON.stringify(await this.call())}`);
    });
  }

  /** The phones bring the call to a step, from where it is. */
  async goTo(step: Step): Promise<void> {
    while (this.#steps <= STEPS.indexOf(step)) {
      const next = STEPS[this.#steps]!;
      await this.#play(next);
      await this.isIn(next);
      this.#steps += 1;
    }
  }

  /** The phone of who asked has the INVITE. */
  async rings(limitMs = REPAIRED_MS): Promise<IncomingCall> {
    this.#calls.caller ??= await this.#phones.caller.nextCall(limitMs).catch(async (thrown: unknown) => {
      throw new Error(`${(thrown as Error).message}; the call is ${JSON.stringify(await this.call())}`);
    });
    return this.#calls.caller;
  }

  get otherSide(): IncomingCall | undefined {
    return this.#calls.callee;
  }

  /** When the service is quiet: that it ended like this and never happened twice. */
  async ended({ state, caller, callee, told }: Ending): Promise<void> {
    const { user } = this;
    const row = await this.call();
    assert.equal(row?.['state'], state, `${user}: ${String(row?.['reason'])}`);
    assert.deepEqual([this.#phones.caller.calls.length, this.#phones.callee.calls.length], [caller, callee], `${user}: INVITEs to the phones`);
    await this.wasTold(told);
  }

  /** One answer under each post, and one direct message or none. */
  async wasTold(told?: RegExp): Promise<void> {
    const { sandbox } = this.#scene.stack;
    const posts = await sandbox.posts();
    const own = new Set(posts.filter(({ author }) => author === onX(this.user)).map(({ id }) => id));
    const replies = posts.filter(({ replyToId }) => replyToId !== undefined && own.has(replyToId));
    assert.equal(replies.length, this.#posts, `${this.user}: answers under posts: ${JSON.stringify(replies.map(({ text }) => text))}`);
    const messages = await this.#scene.stack.inbox(this.user);
    assert.equal(messages.length, told === undefined ? 0 : 1, `${this.user}: ${JSON.stringify(messages)}`);
    if (told !== undefined) assert.match(messages[0]!, told);
  }

  async #play(step: Step): Promise<void> {
    const { caller, callee } = this.#calls;
    switch (step) {
      case 'ringing':
        return (await this.rings()).ring();
      case 'answered':
        caller!.answer();
        this.#calls.callee = await this.#phones.callee.nextCall(REPAIRED_MS);
        return this.#calls.callee.ring();
      case 'connected':
        return callee!.answer();
      case 'ended':
        assert.equal(await callee!.hangUp(), 200);
        return caller!.wasHungUp;
    }
  }
}
