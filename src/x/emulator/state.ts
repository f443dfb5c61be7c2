import type { Clock } from '../../base/clock.ts';
import { Snowflakes, accountIdOf } from './snowflake.ts';

/** An account of the sandbox. */
export interface SandboxUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  /** False when the account takes no direct messages: sending one answers 403. */
  readonly acceptsDms: boolean;
  readonly createdAtMs: number;
}

/** A direct message between two accounts. */
export interface SandboxMessage {
  readonly id: string;
  /** `{smaller}-{larger}` of the two account ids, compared as numbers. */
  readonly conversationId: string;
  readonly senderId: string;
  readonly recipientId: string;
  readonly text: string;
  readonly createdAtMs: number;
}

/** A public post. */
export interface SandboxPost {
  readonly id: string;
  readonly authorId: string;
  readonly text: string;
  readonly createdAtMs: number;
  readonly conversationId: string;
  readonly replyToId?: string;
  readonly quotesId?: string;
}

export interface SandboxOptions {
  readonly clock: Clock;
  /** Whether a handle or an id that is asked for comes to life. X would say that it does not exist. */
  readonly autoCreateUsers: boolean;
  /** At this number no account is created any more: it stays unknown. */
  readonly maxUsers: number;
  /** Past this number of messages, and of posts, the oldest is forgotten. */
  readonly maxItems: number;
}

/** The id of the conversation of two accounts. */
export function conversationIdOf(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? `${a}-${b}` : `${b}-${a}`;
}

/** What the sandbox knows: accounts, direct messages and posts, in memory and bounded. */
export class SandboxState {
  readonly #options: SandboxOptions;
  readonly #snowflakes: Snowflakes;
  readonly #users = new Map<string, SandboxUser>();
  readonly #messages: SandboxMessage[] = [];
  readonly #posts: SandboxPost[] = [];

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#snowflakes = new Snowflakes(options.clock);
  }

  get users(): SandboxUser[] {
    return [...this.#users.values()];
  }

  /** All messages, oldest first. */
  get messages(): readonly SandboxMessage[] {
    return this.#messages;
  }

  /** All posts, oldest first. */
  get posts(): readonly SandboxPost[] {
    return this.#posts;
  }

  /** Creates or changes the account of that handle; `undefined` when the sandbox is full. */
  putUser(user: { username: string; name?: string; acceptsDms?: boolean }): SandboxUser | undefined {
    return this.#put(accountIdOf(user.username), user);
  }

  userByName(username: string): SandboxUser | undefined {
    const known = this.#users.get(accountIdOf(username));
    // An account that was first met by its id has a made-up handle: the asked-for one is its real name.
    if (known?.username.toLowerCase() === username.toLowerCase()) return known;
    if (known === undefined && !this.#options.autoCreateUsers) return undefined;
    return this.putUser({ username });
  }

  userById(id: string): SandboxUser | undefined {
    const known = this.#users.get(id);
    if (known !== undefined || !this.#options.autoCreateUsers) return known;
    return this.#put(id, { username: `u${BigInt(id).toString(36)}` });
  }

  addMessage(message: { senderId: string; recipientId: string; text: string }): SandboxMessage {
    const { senderId, recipientId, text } = message;
    const stored = {
      id: this.#snowflakes.next(),
      conversationId: conversationIdOf(senderId, recipientId),
      senderId,
      recipientId,
      text,
      createdAtMs: this.#options.clock.now(),
    };
    this.#append(this.#messages, stored);
    return stored;
  }

  addPost(post: { authorId: string; text: string; replyToId?: string; quotesId?: string }): SandboxPost {
    const id = this.#snowflakes.next();
    const parent = post.replyToId === undefined ? undefined : this.postById(post.replyToId);
    const stored = { ...post, id, createdAtMs: this.#options.clock.now(), conversationId: parent?.conversationId ?? id };
    this.#append(this.#posts, stored);
    return stored;
  }

  postById(id: string): SandboxPost | undefined {
    return this.#posts.find((post) => post.id === id);
  }

  #put(id: string, user: { username: string; name?: string; acceptsDms?: boolean }): SandboxUser | undefined {
    const known = this.#users.get(id);
    if (known === undefined && this.#users.size >= this.#options.maxUsers) return undefined;
    const changed = {
      id,
      username: user.username,
      name: user.name ?? (known === undefined || known.name === known.username ? user.username : known.name),
      acceptsDms: user.acceptsDms ?? known?.acceptsDms ?? true,
      createdAtMs: known?.createdAtMs ?? this.#options.clock.now(),
    };
    this.#users.set(id, changed);
    return changed;
  }

  #append<T>(list: T[], item: T): void {
    list.push(item);
    if (list.length > this.#options.maxItems) list.shift();
  }
}
