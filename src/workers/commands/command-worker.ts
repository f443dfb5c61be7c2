import { errorText } from '../../base/errors.ts';
import type { StoredCommand } from '../../db/tables/commands.ts';
import type { Ours } from '../../intake/command-intake.ts';
import { xCommand } from '../../jobs/contract/x-command.ts';
import { DONE, type JobOutcome, type JobWorker, type RunningJob } from '../../jobs/queue.ts';
import { XFailure } from '../../x/port.ts';
import { isOutage } from '../outage.ts';
import { addJobsOf, type RowWorkerOptions } from '../row-worker.ts';
import type { WorkerPart } from '../worker-part.ts';
import { commandCounters, type CommandCounters } from './command-counters.ts';
import { Execution, type Executed, type ExecutionOptions } from './execute.ts';
import { tracesOf } from './write-effects.ts';

export interface CommandWorkerOptions extends RowWorkerOptions, Omit<ExecutionOptions, 'counters'> {
  /** Asks X who we are; asked until it has answered once. */
  readonly account: () => Promise<Ours>;
}

/** Another worker has the author: it is through with a command in a few milliseconds. */
const BUSY_MS = 250;
const OUTAGE_MS = 10_000;
/** A command that fails this often for no reason of ours would keep all others of its author waiting. */
const MOST_FAILURES = 5;

/** Says which command it was. */
class CommandFailed extends Error {
  readonly commandId: string;

  constructor(commandId: string, cause: unknown) {
    super(errorText(cause), { cause });
    this.name = 'CommandFailed';
    this.commandId = commandId;
  }
}

/**
 * Takes commands from their queue. Any number of workers side by side; what one author wrote is done in the
 * order in which he wrote it, by one worker at a time:
 *
 *     begin ─ lock the author ─ his oldest command ─ execute ─ its row ends ─ commit ─ jobs of what came of it
 *       └──────────── until the command of this job has ended ◄────────────────────────────┘
 *
 * A crash before the commit leaves everything as it was. After it the job is handed out again, finds
 * the row ended, and adds the jobs again, which their ids make harmless.
 */
export class CommandWorker implements WorkerPart {
  readonly #options: CommandWorkerOptions;
  readonly #counters: CommandCounters;
  readonly #execution: Execution;
  #account: Ours | undefined;
  #worker: JobWorker | undefined;

  constructor(options: CommandWorkerOptions) {
    this.#options = options;
    this.#counters = commandCounters(options.counters);
    this.#execution = new Execution({ ...options, counters: this.#counters });
  }

  start(): void {
    const { queue, concurrency } = this.#options;
    this.#worker = queue.process(xCommand.name, (job) => this.handle(job), { concurrency, retry: xCommand.retry });
  }

  async stop(): Promise<void> {
    await this.#worker?.close(this.#options.stopMs);
  }

  /** One job, from its beginning to its end. */
  async handle(job: RunningJob): Promise<JobOutcome> {
    const parsed = xCommand.parse(job.data);
    if (!parsed.ok) return this.#reject(parsed.problems.join('; '));
    try {
      const command = await this.#options.transactions.tables.commands.find(parsed.payload.id);
      if (command === undefined) return this.#reject(`there is no command ${parsed.payload.id}`);
      return await this.#handle(command);
    } catch (thrown) {
      return this.#afterError(parsed.payload.id, job, thrown);
    }
  }

  async #handle(command: StoredCommand): Promise<JobOutcome> {
    if (command.state !== 'received') {
      await this.#addJobs(command);
      return DONE;
    }
    this.#account ??= await this.#options.account();
    for (;;) {
      const executed = await this.#executeNext(command.authorId, this.#account);
      if (executed === 'busy') return this.#wait(BUSY_MS, 'another worker handles this author');
      // Handled by another worker meanwhile, which may have died before it added the jobs.
      if (executed === undefined) return this.#wait(0, 'another worker has handled it');
      await this.#addJobs(executed);
      if (executed.id === command.id) return DONE;
    }
  }

  async #executeNext(authorId: string, account: Ours): Promise<Executed | 'busy' | undefined> {
    let id: string | undefined;
    try {
      return await this.#options.transactions.run(async (tables) => {
        if (!(await tables.commands.lockAuthor(authorId))) return 'busy';
        const next = await tables.commands.nextFor(authorId);
        id = next?.id;
        return next === undefined ? undefined : this.#execution.run(next, account, tables);
      });
    } catch (thrown) {
      throw id === undefined || isOutage(thrown) ? thrown : new CommandFailed(id, thrown);
    }
  }

  #addJobs(executed: Executed): Promise<void> {
    return addJobsOf(tracesOf(executed), this.#options);
  }

  async #afterError(id: string, job: RunningJob, thrown: unknown): Promise<JobOutcome> {
    const { logger, transactions } = this.#options;
    const reason = errorText(thrown);
    if (isOutage(thrown) || thrown instanceof XFailure) {
      logger.warn('The database, the queue or X is away: the command waits', { command: id, reason });
      return this.#wait(OUTAGE_MS, reason);
    }
    this.#counters.failures.value += 1;
    // Not always the command of this job: one that was written before it may stand in its way.
    const failedId = thrown instanceof CommandFailed ? thrown.commandId : id;
    logger.error('A command failed', { command: failedId, attempt: job.attempt, reason });
    if (job.attempt < MOST_FAILURES) throw thrown;
    const ended = await transactions.tables.commands.finish(failedId, { state: 'refused', reason: `failed: ${reason}` });
    if (ended) this.#counters.abandoned.value += 1;
    if (failedId !== id) throw thrown;
    return { kind: 'dead', reason };
  }

  #wait(ms: number, reason: string): JobOutcome {
    this.#counters.waits.value += 1;
    return { kind: 'retry-at', atMs: this.#options.clock.now() + ms, reason };
  }

  #reject(reason: string): JobOutcome {
    this.#counters.rejected.value += 1;
    this.#options.logger.error('A job names no command', { reason });
    return { kind: 'dead', reason };
  }
}
