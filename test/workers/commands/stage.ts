/** A command worker on a real database, with a queue in memory and people who write. */
import type { Knex } from 'knex';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Command } from '../../../src/commands/command.ts';
import type { IncomingCommand } from '../../../src/commands/incoming-command.ts';
import { CommandsTable } from '../../../src/db/tables/commands.ts';
import { Transactions } from '../../../src/db/transactions.ts';
import { xCommand } from '../../../src/jobs/contract/x-command.ts';
import type { JobOutcome } from '../../../src/jobs/queue.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { CommandWorker, type CommandWorkerOptions } from '../../../src/workers/commands/command-worker.ts';
import type { Grammar } from '../../../src/workers/commands/grammar.ts';
import type { CallPolicy } from '../../../src/workers/commands/policy/call-policy.ts';
import { jsonGrammar, policyOf } from './fixtures.ts';

export const TABLES = ['schedule_runs', 'schedules', 'calls', 'sip_messages', 'ledger', 'commands', 'link_failures', 'link_codes', 'sipweetusers', 'subscriber'];

export async function emptied(db: Knex): Promise<void> {
  await db.raw(`truncate ${TABLES.join(', ')} cascade`);
}

export interface StageOptions {
  readonly policy?: Partial<CallPolicy>;
  readonly limits?: Partial<CommandWorkerOptions['limits']>;
  readonly transactions?: CommandWorkerOptions['transactions'];
  readonly grammar?: Grammar;
  /** When it begins. PostgreSQL's clock is the real one, and so is this unless a test says otherwise. */
  readonly nowMs?: number;
}

export class CommandStage {
  readonly clock: VirtualClock;
  readonly queue: MemoryQueue;
  readonly counters = new Counters();
  readonly worker: CommandWorker;
  readonly inbox: CommandsTable;
  readonly #db: Knex;
  #lastId = 1000;

  constructor(db: Knex, { policy = {}, limits = {}, transactions = new Transactions(db), grammar = jsonGrammar, nowMs = Date.now() }: StageOptions = {}) {
    this.#db = db;
    this.clock = new VirtualClock(nowMs);
    this.queue = new MemoryQueue(this.clock);
    this.inbox = new CommandsTable(db);
    this.worker = new CommandWorker({
      queue: this.queue,
      transactions,
      grammar,
      account: async () => ({ id: '1', username: 'bot' }),
      policy: policyOf(policy),
      limits: { perMinute: 1000, perHour: 10_000, strangersPerDay: 100, ...limits },
      timeZone: 'UTC',
      clock: this.clock,
      logger: silentLogger,
      counters: this.counters,
      concurrency: 5,
      stopMs: 1000,
    });
  }

  /** A user whose account is linked. */
  async addUser(sipUser: string, xUserId: string, change: Record<string, unknown> = {}): Promise<void> {
    await this.#db('sipweetusers').insert({ sipuser: sipUser, twuser: `${sipUser}_example`, x_user_id: xUserId, linked_at: this.#db.fn.now(), ...change });
  }

  /** What somebody writes; the id of its row. */
  async write(authorId: string, text: Command | string, change: Partial<IncomingCommand> = {}): Promise<string> {
    const id = String((this.#lastId += 1));
    const source = change.source ?? 'post';
    const command: IncomingCommand = {
      id: `${source}:${id}`,
      source,
      latestId: id,
      authorId,
      authorName: authorId,
      text: typeof text === 'string' ? text : JSON.stringify(text),
      postedAtMs: this.clock.now() + this.#lastId - 1000,
      ...change,
    };
    await this.inbox.receive([command]);
    return command.id;
  }

  handle(id: string, attempt = 1): Promise<JobOutcome> {
    return this.worker.handle({ queue: xCommand.name, name: xCommand.name, id, data: xCommand.encode({ v: 1, id }), attempt });
  }

  /** Writes, has it handled, and gives the answer without its reference. */
  async say(authorId: string, text: Command | string, change: Partial<IncomingCommand> = {}): Promise<string | undefined> {
    const id = await this.write(authorId, text, change);
    await this.handle(id);
    return this.answerTo(id);
  }

  async answerTo(id: string): Promise<string | undefined> {
    const row = await this.#db('ledger').where({ id: `answer:${id}` }).first('content');
    return row?.content.replace(/ · ref \w+$/, '');
  }

  rowOf(id: string): Promise<Record<string, unknown>> {
    return this.#db('commands').where({ id }).first();
  }

  /** Ids of all jobs that were added, by queue. */
  jobs(queue: string): string[] {
    return this.queue.added.flat().filter((job) => job.queue === queue).map((job) => job.id);
  }
}
