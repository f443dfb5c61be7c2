/** Named values of a log line. A secret never goes in here; `app/logging.ts` redacts as a second fence. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What every layer logs through; `app` decides where lines go and in which format. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** True when `debug` lines are written: ask before building a costly one. */
  readonly debugEnabled: boolean;
  /** A logger whose lines all carry `fields` too. */
  child(fields: LogFields): Logger;
}

/** Swallows everything; the default where a caller does not care. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  debugEnabled: false,
  child() {
    return silentLogger;
  },
};
