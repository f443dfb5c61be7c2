import type { Counter } from '../../base/counters.ts';
import type { Call, CallState } from '../../db/tables/calls.ts';
import type { Tables } from '../../db/transactions.ts';
import { callEvent, type CallEvent } from '../../jobs/contract/call-event.ts';
import { DONE, type JobOutcome, type JobWorker, type RunningJob } from '../../jobs/queue.ts';
import { addJobsOf, waitOutOutage, type RowWorkerOptions } from '../row-worker.ts';
import type { WorkerPart } from '../worker-part.ts';
import { outcomeId, outcomeOf, type CallTrouble } from './outcome.ts';

/**
 * Keeps `calls` by what the SIP side reports, and plans what the user is told when a call did not go well. Events
 * may come twice and in any order: a row only goes forward, and its outcome has an id made from its own.
 */
export class CallEventWorker implements WorkerPart {
  readonly #options: RowWorkerOptions;
  readonly #connected: Counter;
  readonly #failed: Counter;
  readonly #missed: Counter;
  readonly #interrupted: Counter;
  readonly #rejected: Counter;
  #worker: JobWorker | undefined;

  constructor(options: RowWorkerOptions) {
    const { counters } = options;
    this.#options = options;
    this.#connected = counters.define('worker.call.connected', 'Calls that the service made and that connected');
    this.#failed = counters.define('worker.call.failed', 'Calls that the service made and that failed, for a reason in the table calls');
    this.#missed = counters.define('worker.call.missed', 'Calls that no SIP process began in time');
    this.#interrupted = counters.define('worker.call.interrupted', 'Calls whose SIP process is gone');
    this.#rejected = counters.define('worker.call.rejected', 'Jobs that name no event of a call');
  }

  start(): void {
    const { queue, concurrency } = this.#options;
    this.#worker = queue.process(callEvent.name, (job) => this.handle(job), { concurrency, retry: callEvent.retry });
  }

  async stop(): Promise<void> {
    await this.#worker?.close(this.#options.stopMs);
  }

  /** One job, from its beginning to its end. */
  async handle(job: Pick<RunningJob, 'data'>): Promise<JobOutcome> {
    const parsed = callEvent.parse(job.data);
    if (!parsed.ok) {
      this.#rejected.value += 1;
      return { kind: 'dead', reason: parsed.problems.join('; ') };
    }
    try {
      await this.#take(parsed.payload);
      return DONE;
    } catch (thrown) {
      return waitOutOutage(thrown, 'the event of a call', { call: parsed.payload.id }, this.#options);
    }
  }

  /**
   * Ends the calls of SIP processes that are gone, and tells their users. For the sweep, which knows who is
   * gone; at most a hundred at a time.
   *
   * @returns how many
   */
  async interrupted(deadNodes: readonly string[]): Promise<number> {
    if (deadNodes.length === 0) return 0;
    const calls = await this.#endAll('interrupted', (tables) => tables.calls.interrupt(deadNodes));
    this.#interrupted.value += calls;
    return calls;
  }

  /**
   * Ends planned calls that were not begun in time, and tells their users. For the sweep; at most a hundred at a time.
   *
   * @returns how many
   */
  async missedBegin(nowMs: number): Promise<number> {
    const calls = await this.#endAll('missed', (tables) => tables.calls.missExpired(nowMs));
    this.#missed.value += calls;
    return calls;
  }

  async #take(event: CallEvent): Promise<void> {
    const { transactions, logger } = this.#options;
    const call = await transactions.run(async (tables) => {
      const moved = await tables.calls.advance(event.id, {
        state: stateAfter(event),
        atMs: event.at,
        ...(event.cause === undefined ? {} : { reason: reasonOf(event) }),
      });
      if (moved !== undefined && event.event === 'failed') {
        await plan(moved, { kind: 'failed', party: event.party, cause: event.cause ?? 'internal' }, tables);
      }
      return moved;
    });
    if (call === undefined) logger.debug('An event of a call came late or again', { call: event.id, event: event.event });
    else this.#note(call, event);
    // Also when it came again: whoever handled it may have died before he added the job.
    if (event.event === 'failed') await this.#addNotices([event.id]);
  }

  async #endAll(kind: 'missed' | 'interrupted', end: (tables: Tables) => Promise<readonly Call[]>): Promise<number> {
    const { transactions, logger } = this.#options;
    const calls = await transactions.run(async (tables) => {
      const ended = await end(tables);
      for (const call of ended) await plan(call, { kind }, tables);
      return ended;
    });
    for (const call of calls) logger.warn(`A call was ${kind}`, { call: call.id, sipUser: call.sipUser, reason: call.reason });
    await this.#addNotices(calls.map((call) => call.id));
    return calls.length;
  }

  #addNotices(callIds: readonly string[]): Promise<void> {
    return addJobsOf({ ledgerIds: callIds.map(outcomeId), callIds: [], messageIds: [] }, this.#options);
  }

  #note({ id, sipUser, state }: Call, { party, cause, status }: CallEvent): void {
    if (state === 'connected') this.#connected.value += 1;
    if (state === 'failed') this.#failed.value += 1;
    this.#options.logger.info(`Call ${state}`, { call: id, sipUser, party, cause, status });
  }
}

async function plan(call: Call, trouble: CallTrouble, { users, ledger }: Tables): Promise<void> {
  const outcome = outcomeOf(call, trouble, await users.findBySipUser(call.sipUser));
  if (outcome !== undefined) await ledger.plan(outcome);
}

function stateAfter({ event, cause }: CallEvent): CallState {
  return event === 'failed' && cause === 'cancelled' ? 'cancelled' : event;
}

/** `busy (callee, 486)` */
function reasonOf({ cause, party, status }: CallEvent): string {
  const details = [party, status].filter((detail) => detail !== undefined).join(', ');
  return details === '' ? cause! : `${cause} (${details})`;
}
