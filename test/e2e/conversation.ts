/** People who have linked their accounts on X, with phones, in front of a running service. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Knex } from 'knex';
import { LinksTable } from '../../src/db/tables/links.ts';
import type { IncomingCall } from '../../src/ua/incoming-call.ts';
import type { UserAgent } from '../../src/ua/user-agent.ts';
import { until } from '../jobs/until.ts';
import { onX, Stack, type StackOptions } from './stack.ts';

/** How long one step from X to a phone, or back, may take here. */
const STEP_MS = 15_000;

/** A phone that hands out its calls one after the other. */
export class Ringer {
  readonly calls: IncomingCall[] = [];
  #taken = 0;
  readonly #agent: UserAgent;

  private constructor(agent: UserAgent) {
    this.#agent = agent;
  }

  static async register(stack: Stack, name: string): Promise<Ringer> {
    const calls: IncomingCall[] = [];
    const agent = await stack.registeredPhone(name, (call) => calls.push(call));
    const ringer = new Ringer(agent);
    (ringer as { calls: IncomingCall[] }).calls = calls;
    return ringer;
  }

  async nextCall(limitMs = STEP_MS): Promise<IncomingCall> {
    const at = this.#taken;
    this.#taken += 1;
    await until(`the phone of ${this.#agent.addressOfRecord} rings`, () => this.calls.length > at, limitMs);
    return this.calls[at]!;
  }

  /** Takes the phone off the hook for good. */
  async leave(): Promise<void> {
    assert.equal(await this.#agent.register(0), 200);
  }
}

export class Conversation {
  readonly stack: Stack;
  readonly db: Knex;

  private constructor(stack: Stack, db: Knex) {
    this.stack = stack;
    this.db = db;
  }

  static async start(t: TestContext, options: StackOptions): Promise<Conversation> {
    const set = ['x.pollMs=250', 'x.messagePollMs=250', ...(options.set ?? [])];
    return new Conversation(await Stack.start(t, { ...options, set }), options.db);
  }

  /** A user with a password whose account on X may act for him: linked by a code that he sends. */
  async addLinked(name: string): Promise<void> {
    await this.stack.addUser(name);
    const { code } = await new LinksTable(this.db).issue(name, 600_000);
    await this.dm(name, `link ${code}`);
    await until(`${name} is linked`, async () => (await this.db('sipweetusers').where({ sipuser: name }).whereNotNull('linked_at')).length === 1, STEP_MS);
  }

  ringer(name: string): Promise<Ringer> {
    return Ringer.register(this.stack, name);
  }

  async post(name: string, text: string): Promise<string> {
    return (await this.stack.sandbox.postAs({ from: onX(name), text })).id;
  }

  async dm(name: string, text: string): Promise<void> {
    await this.stack.sandbox.sendAs({ from: onX(name), text });
  }

  /** Texts of the replies of the bot under posts of that person, the oldest first. */
  async repliesTo(name: string): Promise<readonly string[]> {
    const posts = await this.stack.sandbox.posts();
    const own = new Set(posts.filter(({ author }) => author === onX(name)).map(({ id }) => id));
    return posts.filter((post) => post.replyToId !== undefined && own.has(post.replyToId)).map(({ text }) => text);
  }

  /** Waits until the person has a direct message that fits. */
  async told(name: string, pattern: RegExp): Promise<string> {
    let found: string | undefined;
    let all: readonly string[] = [];
    await until(
      `${name} is told ${String(pattern)}`,
      async () => {
        all = await this.stack.inbox(name);
        found = all.find((text) => pattern.test(text));
        return found !== undefined;
      },
      STEP_MS,
    ).catch((thrown: unknown) => {
      throw new Error(`${(thrown as Error).message}; there are: ${JSON.stringify(all)}`);
    });
    return found!;
  }

  /** Waits until the youngest call of the person is in that state. */
  async callIs(name: string, state: string): Promise<Record<string, unknown>> {
    let row: Record<string, unknown> | undefined;
    await until(
      `the call of ${name} is ${state}`,
      async () => {
        row = await this.db('calls').where({ sipuser: name }).orderBy('planned_at', 'desc').first();
        return row?.['state'] === state;
      },
      STEP_MS,
    ).catch((thrown: unknown) => {
      throw new Error(`${(thrown as Error).message}; it is ${JSON.stringify(row)}`);
    });
    return row!;
  }
}
