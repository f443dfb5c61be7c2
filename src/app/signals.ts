import { closeSync, openSync } from 'node:fs';

/** What the signals of the system ask of a process. */
export interface SignalHandlers {
  /** SIGTERM or SIGINT, the first: end in order. */
  stop(): void;
  /** The second: end at once. */
  stopNow(): void;
  /** SIGHUP: read the routing script again. */
  reload(): void;
  /** SIGUSR2: write the counters to the log. */
  logCounters(): void;
}

/** Follows the signals until the returned function is called; then Node's own behaviour is back. */
export function followSignals(handlers: SignalHandlers): () => void {
  let stopping = false;
  const onStop = () => {
    if (stopping) return handlers.stopNow();
    stopping = true;
    handlers.stop();
  };
  // A terminal that is closed sends SIGHUP too: who started us there is gone, and nobody else could stop us.
  const hasTerminal = process.stdin.isTTY === true;
  const onReload = () => (hasTerminal && !isTerminalOpen() ? onStop() : handlers.reload());
  const onCounters = () => handlers.logCounters();
  process.on('SIGTERM', onStop).on('SIGINT', onStop).on('SIGHUP', onReload).on('SIGUSR2', onCounters);
  return () => {
    process.off('SIGTERM', onStop).off('SIGINT', onStop).off('SIGHUP', onReload).off('SIGUSR2', onCounters);
  };
}

function isTerminalOpen(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
