import type { Clock } from '../../base/clock.ts';
import { accountIdOf } from './snowflake.ts';

/** An account of the sandbox. */
export interface SandboxUser {
  readonly id: string;
  /** The handle without `@`. It can change; the id cannot. */
  readonly username: string;
  readonly name: string;
  /** False when the account takes no direct messages: sending one answers 403. */
  readonly acceptsDms: boolean;
  readonly createdAtMs: number;
}

export interface AccountsOptions {
  readonly clock: Clock;
  /** Whether a handle or an id that is asked for comes to life. X would say that it does not exist. */
  readonly autoCreateUsers: boolean;
  /** At this number no account is created any more: it stays unknown. */
  readonly maxUsers: number;
}

/** The handle of an account that was met by its id before anybody said its name. */
const placeholderOf = (id: string) => `u${BigInt(id).toString(36)}`;

/** The accounts, found by id and by handle. */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #byId = new Map<string, SandboxUser>();
  /** Lower-case handle to id. */
  readonly #handles = new Map<string, string>();

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  get all(): SandboxUser[] {
    return [...this.#byId.values()];
  }

  /**
   * The account of that handle. One that is unknown comes to life where the sandbox does that, but a
   * handle that its owner gave up does not: it is free, and belongs to whoever takes it with `put`.
   */
  byName(username: string): SandboxUser | undefined {
    const owner = this.#handles.get(username.toLowerCase());
    if (owner !== undefined) return this.#byId.get(owner);
    const known = this.#byId.get(accountIdOf(username));
    if (known !== undefined && known.username !== placeholderOf(known.id)) return undefined;
    return known === undefined && !this.#options.autoCreateUsers ? undefined : this.put({ username });
  }

  byId(id: string): SandboxUser | undefined {
    const known = this.#byId.get(id);
    if (known !== undefined || !this.#options.autoCreateUsers) return known;
    return this.#store(id, { username: placeholderOf(id) });
  }

  /** Creates or changes the account of that handle; `undefined` when the sandbox is full. */
  put(user: { username: string; name?: string; acceptsDms?: boolean }): SandboxUser | undefined {
    return this.#store(this.#handles.get(user.username.toLowerCase()) ?? this.#freeId(user.username), user);
  }

  /** Gives the account another handle; `undefined` when somebody else has it. The old one is free then. */
  rename(user: SandboxUser, username: string): SandboxUser | undefined {
    const owner = this.#handles.get(username.toLowerCase());
    return owner === undefined || owner === user.id ? this.#store(user.id, { username }) : undefined;
  }

  /** An id for a new owner of the handle: another one than that of an account which gave the handle up. */
  #freeId(username: string): string {
    for (let taker = 0; ; taker += 1) {
      const id = accountIdOf(taker === 0 ? username : `${username}#${taker}`);
      const known = this.#byId.get(id);
      if (known === undefined || known.username === placeholderOf(id)) return id;
    }
  }

  #store(id: string, user: { username: string; name?: string; acceptsDms?: boolean }): SandboxUser | undefined {
    const known = this.#byId.get(id);
    if (known === undefined && this.#byId.size >= this.#options.maxUsers) return undefined;
    const changed = {
      id,
      username: user.username,
      name: user.name ?? (known === undefined || known.name === known.username ? user.username : known.name),
      acceptsDms: user.acceptsDms ?? known?.acceptsDms ?? true,
      createdAtMs: known?.createdAtMs ?? this.#options.clock.now(),
    };
    if (known !== undefined) this.#handles.delete(known.username.toLowerCase());
    this.#handles.set(user.username.toLowerCase(), id);
    this.#byId.set(id, changed);
    return changed;
  }
}
