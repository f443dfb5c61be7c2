/** People with accounts on X and phones, in front of a running service. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Knex } from 'knex';
import { LinksTable } from '../../src/db/tables/links.ts';
import type { UserAgentOptions } from '../../src/ua/user-agent.ts';
import { until } from '../jobs/until.ts';
import { Ringer } from './ringer.ts';
import { onX, Stack, STEP_MS, type StackOptions } from './stack.ts';

/** Posts of the bot under posts of people, and its direct messages: each is taken once, so that a test sees what it did not expect. */
class Heard {
  readonly #taken = new Set<string>();

  take(from: readonly Said[], pattern: RegExp): string | undefined {
    const found = from.find(({ id, text }) => !this.#taken.has(id) && pattern.test(text));
    if (found !== undefined) this.#taken.add(found.id);
    return found?.text;
  }

  rest(from: readonly Said[]): readonly string[] {
    return from.filter(({ id }) => !this.#taken.has(id)).map(({ text }) => text);
  }
}

interface Said {
  readonly id: string;
  readonly text: string;
}

export class Conversation {
  readonly stack: Stack;
  readonly db: Knex;
  readonly #heard = new Heard();

  private constructor(stack: Stack, db: Knex) {
    this.stack = stack;
    this.db = db;
  }

  static async start(t: TestContext, options: StackOptions): Promise<Conversation> {
    const set = ['x.pollMs=250', 'x.messagePollMs=250', ...(options.set ?? [])];
    return new Conversation(await Stack.start(t, { ...options, set }), options.db);
  }

  /** Users with a password whose accounts on X may act for them. How accounts are linked by people is `conversation.link.test.ts`. */
  async addLinked(...names: string[]): Promise<void> {
    for (const name of names) {
      await this.stack.addUser(name);
      const { id } = await this.stack.sandbox.putUser({ username: onX(name) });
      assert.equal((await new LinksTable(this.db).link(name, { xUserId: id, xName: onX(name) })).outcome, 'linked');
    }
  }

  /** A phone of a user, registered. */
  async ringer(name: string): Promise<Ringer> {
    return (await Ringer.open(this.stack, name)).register();
  }

  /** Somebody who is no user of the service, at an address of his own. */
  stranger(user: string, options: Partial<UserAgentOptions> = {}): Promise<Ringer> {
    return Ringer.open(this.stack, user, { domain: 'elsewhere.example', ...options });
  }

  async post(name: string, text: string): Promise<string> {
    return (await this.stack.sandbox.postAs({ from: onX(name), text })).id;
  }

  async dm(name: string, text: string): Promise<void> {
    await this.stack.sandbox.sendAs({ from: onX(name), text });
  }

  /** Writes a direct message and waits for a new one that fits. */
  async asks(name: string, text: string, pattern: RegExp): Promise<string> {
    await this.dm(name, text);
    return this.told(name, pattern);
  }

  /** Waits until the person has a direct message that fits and that nobody has asked for before. */
  told(name: string, pattern: RegExp, limitMs = STEP_MS): Promise<string> {
    return this.#next(`${name} is told ${String(pattern)}`, () => this.stack.sandbox.inbox(onX(name)), pattern, limitMs);
  }

  /** Direct messages of the person that no test has asked for. */
  async untold(name: string): Promise<readonly string[]> {
    return this.#heard.rest(await this.stack.sandbox.inbox(onX(name)));
  }

  /** Waits for a reply of the bot under a post of the person. */
  replied(name: string, pattern: RegExp): Promise<string> {
    return this.#next(`${name} has a reply ${String(pattern)}`, () => this.#repliesTo(name), pattern, STEP_MS);
  }

  async unreplied(name: string): Promise<readonly string[]> {
    return this.#heard.rest(await this.#repliesTo(name));
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

  async #repliesTo(name: string): Promise<readonly Said[]> {
    const posts = await this.stack.sandbox.posts();
    const own = new Set(posts.filter(({ author }) => author === onX(name)).map(({ id }) => id));
    return posts.filter((post) => post.replyToId !== undefined && own.has(post.replyToId));
  }

  async #next(what: string, look: () => Promise<readonly Said[]>, pattern: RegExp, limitMs: number): Promise<string> {
    let all: readonly Said[] = [];
    let found: string | undefined;
    await until(what, async () => (found = this.#heard.take((all = await look()), pattern)) !== undefined, limitMs).catch((thrown: unknown) => {
      throw new Error(`${(thrown as Error).message}; not asked for: ${JSON.stringify(this.#heard.rest(all))}`);
    });
    return found!;
  }
}
