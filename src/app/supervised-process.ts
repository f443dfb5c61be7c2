import { fork, type ChildProcess } from 'node:child_process';
import { AppError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { Timer } from '../base/timer-wheel.ts';
import type { Config } from '../config/schema.ts';
import type { MessageFromChild, MessageToChild, Role, RoleReport } from './process-messages.ts';
import { HEAP_ENVIRONMENT, heapOptions } from './heap-options.ts';
import { RESTART_LIMITS, RestartPolicy, type RestartLimits } from './restart-policy.ts';

export interface SupervisedProcessOptions {
  readonly role: Role;
  /** The module that runs; it talks as `role-process.ts` does. */
  readonly entry: string;
  /** Asked at each start, also those after a death. */
  readonly config: () => Config;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the process writes its log. */
  readonly log: 'stdout' | 'stderr';
  /** Called once, when the process died too often to be started again. */
  readonly onGivenUp: (reason: AppError) => void;
  readonly limits?: RestartLimits;
}

/** How long a process may take to be ready. */
const START_MS = 60_000;

const START_TIMER = 0;
const RESTART_TIMER = 1;
const STOP_TIMER = 2;

/**
 * One process of the service: started, told what it needs, started again when it dies.
 *
 *     starting ──ready──► running ──dies──► resting ──► starting …
 *        │ fails at the first start: `start` rejects      │ died too often: `onGivenUp`
 *        └──────────────────► ended ◄─────────────────────┘   `stop`, `kill`: ended, from anywhere
 */
export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions;
  readonly #policy: RestartPolicy;
  readonly #startTimer = new Timer(this, START_TIMER);
  readonly #restartTimer = new Timer(this, RESTART_TIMER);
  readonly #stopTimer = new Timer(this, STOP_TIMER);
  #child: ChildProcess | undefined;
  /** Why the process said that it cannot start. */
  #complaint: AppError | undefined;
  #first: { resolve: (report: RoleReport) => void; reject: (reason: AppError) => void } | undefined;
  #ending = false;
  #ended: (() => void)[] = [];

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
    this.#policy = new RestartPolicy(options.limits ?? RESTART_LIMITS);
  }

  /** Undefined while no process runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the process is ready; rejects with its own reason when it ends before. Call it once. */
  start(): Promise<RoleReport> {
    return new Promise((resolve, reject) => {
      this.#first = { resolve, reject };
      this.#fork();
    });
  }

  reload(): void {
    this.#tell({ kind: 'reload' });
  }

  logCounters(): void {
    this.#tell({ kind: 'counters' });
  }

  /** Asks the process to end in order, kills it after `graceMs`, and resolves when it is gone. */
  stop(graceMs: number): Promise<void> {
    this.#options.clock.arm(this.#stopTimer, graceMs);
    return this.#end(() => this.#tell({ kind: 'stop' }));
  }

  /** Ends the process at once and resolves when it is gone. */
  kill(): Promise<void> {
    return this.#end(() => this.#child?.kill('SIGKILL'));
  }

  onTimer(kind: number): void {
    if (kind === RESTART_TIMER) return this.#fork();
    const { logger, role } = this.#options;
    if (kind === START_TIMER) logger.error(`The ${role} process is not ready after ${START_MS / 1000} s: it is killed`);
    else logger.warn(`The ${role} process does not end in time: it is killed`);
    this.#child?.kill('SIGKILL');
  }

  #end(how: () => void): Promise<void> {
    const { clock } = this.#options;
    this.#ending = true;
    clock.disarm(this.#restartTimer);
    if (this.#child === undefined) {
      clock.disarm(this.#stopTimer);
      return Promise.resolve();
    }
    how();
    return new Promise((resolve) => this.#ended.push(resolve));
  }

  #fork(): void {
    const { role, entry, log, clock, config } = this.#options;
    const stdout = log === 'stdout' ? 'inherit' : 2;
    const execArgv = role === 'sip' ? [...process.execArgv, ...heapOptions()] : process.execArgv;
    const env = role === 'sip' ? { ...process.env, ...HEAP_ENVIRONMENT } : process.env;
    const child = fork(entry, [role], { execArgv, env, stdio: ['ignore', stdout, 'inherit', 'ipc'] });
    this.#child = child;
    this.#complaint = undefined;
    clock.arm(this.#startTimer, START_MS);
    child.on('message', (message: MessageFromChild) => this.#receive(message));
    child.on('error', (thrown) => this.#options.logger.error(`The ${role} process: ${thrown.message}`));
    // `close` comes behind the last message, which `exit` may overtake. A process that was never made only has `error`.
    child.on(child.pid === undefined ? 'error' : 'close', () => this.#gone(child));
    this.#tell({ kind: 'settings', config: config() });
  }

  #receive(message: MessageFromChild): void {
    if (message.kind === 'failed') {
      this.#complaint = new AppError(message.code ?? 'process.failed', message.message);
      return;
    }
    this.#options.clock.disarm(this.#startTimer);
    if (this.#first === undefined) this.#options.logger.info(`The ${this.#options.role} process runs again`, { pid: this.pid });
    this.#first?.resolve(message.report);
    this.#first = undefined;
  }

  #gone(child: ChildProcess): void {
    const { clock, logger, role, onGivenUp } = this.#options;
    this.#child = undefined;
    clock.disarm(this.#startTimer);
    clock.disarm(this.#stopTimer);
    for (const resolve of this.#ended.splice(0)) resolve();
    const how = `ended with ${child.signalCode ?? child.exitCode ?? 'no process'}`;
    const reason = this.#complaint ?? new AppError('process.failed', `The ${role} process ${how}`);
    if (this.#first !== undefined) {
      this.#first.reject(reason);
      this.#first = undefined;
      this.#ending = true;
    }
    if (this.#ending) {
      logger.debug(`The ${role} process ${how}`);
      return;
    }

    const delayMs = this.#policy.died(clock.monotonicMs());
    if (delayMs === undefined) {
      this.#ending = true;
      onGivenUp(new AppError('process.failed', `The ${role} process ends again and again and is given up: ${reason.message}`));
      return;
    }
    logger.error(`The ${role} process ${how}: it is started again`, { inMs: delayMs, reason: this.#complaint?.message });
    clock.arm(this.#restartTimer, delayMs);
  }

  #tell(message: MessageToChild): void {
    // It may have died this moment; `close` deals with that.
    if (this.#child?.connected === true) this.#child.send(message, () => {});
  }
}
