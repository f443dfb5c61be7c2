import type { Clock } from '../base/clock.ts';
import { AppError, errorText } from '../base/errors.ts';
import { Timer } from '../base/timer-wheel.ts';
import {
  CLOSE_GRACE_MS,
  KEPT_COMPLETED,
  KEPT_DEAD,
  type DeadLetter,
  type JobHandler,
  type JobOutcome,
  type JobQueue,
  type JobWorker,
  type NewJob,
  type ProcessOptions,
  type QueueCounts,
} from '../jobs/queue.ts';
import { retryDelayMs } from '../jobs/retry.ts';

interface StoredJob {
  readonly job: NewJob;
  failures: number;
}

/** One queue: what waits, runs, rests, ended. */
class MemoryChannel {
  readonly ids = new Set<string>();
  readonly completed: string[] = [];
  readonly dead: DeadLetter[] = [];
  readonly resting = new Set<Rest>();
  readonly consumers = new Set<MemoryWorker>();
  waiting: StoredJob[] = [];
  active = 0;
  paused = false;

  wake(): void {
    for (const consumer of this.consumers) consumer.wake();
  }
}

/** A job that waits for its time. */
class Rest {
  readonly timer = new Timer(this);
  readonly #channel: MemoryChannel;
  readonly #stored: StoredJob;

  constructor(channel: MemoryChannel, stored: StoredJob) {
    this.#channel = channel;
    this.#stored = stored;
    channel.resting.add(this);
  }

  onTimer(): void {
    this.#channel.resting.delete(this);
    this.#channel.waiting.push(this.#stored);
    this.#channel.wake();
  }
}

class MemoryWorker implements JobWorker {
  readonly #channel: MemoryChannel;
  readonly #handler: JobHandler;
  readonly #options: ProcessOptions;
  readonly #clock: Clock;
  readonly #idle: (() => void)[] = [];
  #running = 0;
  #closed = false;

  constructor(channel: MemoryChannel, handler: JobHandler, options: ProcessOptions, clock: Clock) {
    this.#channel = channel;
    this.#handler = handler;
    this.#options = options;
    this.#clock = clock;
    channel.consumers.add(this);
  }

  wake(): void {
    while (!this.#closed && !this.#channel.paused && this.#running < this.#options.concurrency) {
      const stored = this.#channel.waiting.shift();
      if (stored === undefined) return;
      this.#running += 1;
      this.#channel.active += 1;
      void this.#work(stored);
    }
  }

  async close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    this.#closed = true;
    this.#channel.consumers.delete(this);
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      const deadline = new Timer({ onTimer: () => resolve() });
      this.#clock.arm(deadline, graceMs);
      this.#idle.push(() => {
        this.#clock.disarm(deadline);
        resolve();
      });
    });
  }

  async #work(stored: StoredJob): Promise<void> {
    try {
      const { queue, id, name, data } = stored.job;
      const outcome = await this.#handler({ queue, id, name, data, attempt: stored.failures + 1 });
      this.#end(stored, outcome);
    } catch (thrown) {
      this.#fail(stored, errorText(thrown));
    }
    this.#running -= 1;
    this.#channel.active -= 1;
    if (this.#running === 0) for (const idle of this.#idle.splice(0)) idle();
    this.#channel.wake();
  }

  #end(stored: StoredJob, outcome: JobOutcome): void {
    switch (outcome.kind) {
      case 'done':
        this.#channel.completed.push(stored.job.id);
        if (this.#channel.completed.length > KEPT_COMPLETED) this.#channel.ids.delete(this.#channel.completed.shift()!);
        return;
      case 'retry-at':
        this.#rest(stored, outcome.atMs - this.#clock.now());
        return;
      case 'release':
        this.#channel.waiting.unshift(stored);
        return;
      case 'dead':
        this.#bury(stored, outcome.reason);
    }
  }

  #fail(stored: StoredJob, reason: string): void {
    stored.failures += 1;
    const delayMs = retryDelayMs(this.#options.retry, stored.failures, Math.random());
    if (delayMs === undefined) this.#bury(stored, reason);
    else this.#rest(stored, delayMs);
  }

  #rest(stored: StoredJob, delayMs: number): void {
    this.#clock.arm(new Rest(this.#channel, stored).timer, Math.max(delayMs, 0));
  }

  #bury({ job, failures }: StoredJob, reason: string): void {
    const { id, name, data } = job;
    this.#channel.dead.unshift({ id, name, data, reason, attempts: failures, atMs: this.#clock.now() });
    if (this.#channel.dead.length > KEPT_DEAD) this.#channel.ids.delete(this.#channel.dead.pop()!.id);
  }
}

/**
 * The queue port in memory, for tests of what uses it. `down` makes it unreachable: additions and
 * questions reject, running jobs go on. `added` is every batch that came, refused ones not included.
 */
export class MemoryQueue implements JobQueue {
  down = false;
  readonly added: (readonly NewJob[])[] = [];
  readonly #clock: Clock;
  readonly #channels = new Map<string, MemoryChannel>();
  readonly #workers = new Set<MemoryWorker>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async addBatch(jobs: readonly NewJob[]): Promise<void> {
    await this.health();
    this.added.push(jobs);
    for (const job of jobs) {
      const channel = this.#channel(job.queue);
      if (channel.ids.has(job.id)) continue;
      channel.ids.add(job.id);
      const stored = { job, failures: 0 };
      const delayMs = (job.atMs ?? 0) - this.#clock.now();
      if (delayMs > 0) {
        this.#clock.arm(new Rest(channel, stored).timer, delayMs);
      } else {
        channel.waiting.push(stored);
        channel.wake();
      }
    }
  }

  process(queue: string, handler: JobHandler, options: ProcessOptions): JobWorker {
    const worker = new MemoryWorker(this.#channel(queue), handler, options, this.#clock);
    this.#workers.add(worker);
    worker.wake();
    return worker;
  }

  async pause(queue: string): Promise<void> {
    await this.health();
    this.#channel(queue).paused = true;
  }

  async resume(queue: string): Promise<void> {
    await this.health();
    this.#channel(queue).paused = false;
    this.#channel(queue).wake();
  }

  async isPaused(queue: string): Promise<boolean> {
    await this.health();
    return this.#channel(queue).paused;
  }

  async counts(queue: string): Promise<QueueCounts> {
    await this.health();
    const { waiting, active, resting, completed, dead } = this.#channel(queue);
    return {
      waiting: waiting.length,
      active,
      delayed: resting.size,
      completed: completed.length,
      dead: dead.length,
    };
  }

  async deadLetters(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    await this.health();
    return this.#channel(queue).dead.slice(0, limit);
  }

  health(): Promise<void> {
    if (!this.down) return Promise.resolve();
    return Promise.reject(new AppError('jobs.unreachable', 'The queue in memory is switched off'));
  }

  async close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.close(graceMs)));
    for (const channel of this.#channels.values()) {
      for (const rest of channel.resting) this.#clock.disarm(rest.timer);
    }
  }

  #channel(name: string): MemoryChannel {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = new MemoryChannel();
      this.#channels.set(name, channel);
    }
    return channel;
  }
}
