import type { IncomingCommand } from '../../src/commands/incoming-command.ts';
import type { CommandInbox } from '../../src/intake/command-inbox.ts';

/** The rows of `commands` in memory, as far as the intake sees them. `down` makes every call reject. */
export class MemoryInbox implements CommandInbox {
  down = false;
  calls = 0;
  readonly rows = new Map<string, IncomingCommand & { readonly state: 'received' | 'ignored'; readonly reason?: string }>();

  receive(commands: readonly IncomingCommand[]): Promise<readonly string[]> {
    return this.#enter(commands, { state: 'received' });
  }

  async ignore(commands: readonly IncomingCommand[], reason: string): Promise<void> {
    await this.#enter(commands, { state: 'ignored', reason });
  }

  /** Ids by state, in the order of their entry. */
  ids(state: 'received' | 'ignored'): string[] {
    return [...this.rows.values()].filter((row) => row.state === state).map(({ id }) => id);
  }

  /** Texts that were received, in the order of their entry. */
  get texts(): string[] {
    return [...this.rows.values()].filter(({ state }) => state === 'received').map(({ text }) => text);
  }

  async #enter(commands: readonly IncomingCommand[], as: { state: 'received' | 'ignored'; reason?: string }): Promise<string[]> {
    this.calls += 1;
    if (this.down) throw new Error('the database is switched off');
    const ids = commands.map(({ id }) => id);
    // PostgreSQL refuses to touch a row twice in one statement.
    if (new Set(ids).size !== ids.length) throw new Error('the same command twice in one statement');
    const fresh = commands.filter(({ id }) => !this.rows.has(id));
    for (const command of fresh) this.rows.set(command.id, { ...command, ...as });
    return fresh.map(({ id }) => id);
  }
}
