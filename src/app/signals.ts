/** What the signals of the system ask of a process. */
export interface SignalHandlers {
  /** SIGTERM or SIGINT, the first: end in order. */
  stop(): void;
  /** The second: end at once. */
  stopNow(): void;
  /** SIGHUP: read the routing script again. */
  reload(): void;
}

/** Follows the signals until the returned function is called; then Node's own behaviour is back. */
export function followSignals(handlers: SignalHandlers): () => void {
  let stopping = false;
  const onStop = () => {
    if (stopping) return handlers.stopNow();
    stopping = true;
    handlers.stop();
  };
  const onReload = () => handlers.reload();
  process.on('SIGTERM', onStop).on('SIGINT', onStop).on('SIGHUP', onReload);
  return () => {
    process.off('SIGTERM', onStop).off('SIGINT', onStop).off('SIGHUP', onReload);
  };
}
