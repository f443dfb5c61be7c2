/**
 * The entry of a process that the supervisor has forked; its role is the argument. It gets its
 * settings over the channel, says when it is ready, and lives no longer than the supervisor: a
 * closed channel means that the supervisor is gone, however it died.
 */
import { AppError, errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { SystemClock } from '../base/system-clock.ts';
import type { Config } from '../config/schema.ts';
import { logCounters } from './counter-log.ts';
import { EXIT_FAILURE, stackOf } from './failure.ts';
import { openLog, type OpenLog } from './logging.ts';
import type { MessageFromChild, MessageToChild, Role } from './process-messages.ts';
import { startRole, type RunningRole } from './role.ts';

/** A graceful stop without a supervisor must not take for ever: nobody is there to kill us. */
const ORPHAN_STOP_MS = 10_000;

const role = process.argv[2] as Role;
process.title = `sipweet ${role}`;

let running: RunningRole | undefined;
let log: OpenLog | undefined;
let stopping = false;

// Ctrl-C reaches every process of the terminal, and systemd's SIGTERM every process of the service,
// but the order of the stop is the supervisor's: it says so over the channel.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => running?.reload());
process.on('SIGUSR2', report);
process.on('uncaughtException', (thrown) => die(thrown));
process.on('unhandledRejection', (thrown) => die(thrown));
process.on('disconnect', () => {
  setTimeout(() => process.exit(EXIT_FAILURE), ORPHAN_STOP_MS).unref();
  log?.logger.warn('The supervisor is gone: stopping');
  void stop(EXIT_FAILURE);
});
process.on('message', (message: MessageToChild) => {
  if (message.kind === 'settings') void start(message.config);
  else if (message.kind === 'reload') running?.reload();
  else if (message.kind === 'counters') report();
  else void stop(0);
});

async function start(config: Config): Promise<void> {
  const clock = new SystemClock();
  log = openLog({
    ...config.log,
    clock,
    isTerminal: process.stdout.isTTY === true,
    noColour: process.env.NO_COLOR !== undefined,
  });
  const logger: Logger = log.logger.child({ role });
  try {
    running = await startRole(role, { config, clock, logger });
  } catch (thrown) {
    logger.debug(stackOf(thrown));
    const code = thrown instanceof AppError ? { code: thrown.code } : {};
    await tell({ kind: 'failed', ...code, message: errorText(thrown) });
    await exit(EXIT_FAILURE);
    return;
  }
  if (stopping) await finish(0);
  else await tell({ kind: 'ready', report: running.report });
}

function report(): void {
  if (running !== undefined && log !== undefined) logCounters(running.counters, log.logger.child({ role }));
}

/** A stop that comes while the role still starts is done when it has started. */
async function stop(exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (log === undefined || running !== undefined) await finish(exitCode);
}

async function finish(exitCode: number): Promise<void> {
  try {
    await running?.stop();
  } catch (thrown) {
    log?.logger.error('The stop failed', { reason: errorText(thrown) });
    exitCode = EXIT_FAILURE;
  }
  await exit(exitCode);
}

async function exit(code: number): Promise<void> {
  await log?.close();
  process.exit(code);
}

/** A mistake of ours: what it left behind cannot be trusted, so the process ends and is started again. */
function die(thrown: unknown): void {
  log?.logger.error('Unexpected failure: this process ends', { reason: errorText(thrown), stack: stackOf(thrown) });
  log?.flush();
  process.exit(EXIT_FAILURE);
}

/** Resolves when the message is on its way. The supervisor may be gone at any moment; `disconnect` deals with that. */
function tell(message: MessageFromChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, () => resolve());
    else resolve();
  });
}
