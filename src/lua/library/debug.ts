export interface HandledError {
  /** The error whose handler runs now (`xpcall`): what `debug.traceback` shows. */
  error: Error | undefined;
}
