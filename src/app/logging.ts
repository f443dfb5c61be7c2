/** The log of a process: pino's writer underneath, in one of three formats. */
import { hostname } from 'node:os';
import { destination as openDestination, pino } from 'pino';
import type { Clock } from '../base/clock.ts';
import type { LogFields, Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import {
  kamailioLine,
  prettyLine,
  redactFields,
  redactText,
  type LineFormat,
  type LogEvent,
  type LogLevel,
} from './log-line.ts';

/** Lines that wait for a reader which has stopped reading; past it lines are dropped, not kept in memory. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** What takes finished lines. */
export interface LogDestination {
  write(line: string): void;
}

export interface LoggerOptions {
  readonly level: Config['log']['level'];
  readonly format: Config['log']['format'];
  readonly destination: LogDestination;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether the destination is a terminal: decides what `auto` means and whether there are colours. */
  readonly isTerminal?: boolean;
  /** True when the variable NO_COLOR is set to anything. */
  readonly noColour?: boolean;
  readonly host?: string;
  readonly pid?: number;
}

/** A logger that writes to `destination`. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, clock } = options;
  const isTerminal = options.isTerminal ?? false;
  const owner = { host: options.host ?? hostname(), pid: options.pid ?? process.pid };
  const format = options.format === 'auto' ? (isTerminal ? 'pretty' : 'json') : options.format;
  const write = format === 'json' ? jsonWriter(options, owner) : textWriter(options, format, owner, isTerminal);
  return new LineLogger(write, clock, level === 'silent' ? LEVELS.length : LEVELS.indexOf(level), {});
}

/** An open log and the two ways to get its last lines out. */
export interface OpenLog {
  readonly logger: Logger;
  /** Writes what still waits, in order, and closes; later lines are dropped. For a graceful end. */
  close(): Promise<void>;
  /** Writes what still waits at once; a line already on its way may come after it. For `exit` after a crash. */
  flush(): void;
}

/** The log of this process on standard output, or on another descriptor. Writing a line waits for nobody. */
export function openLog(options: Omit<LoggerOptions, 'destination'> & { readonly descriptor?: number }): OpenLog {
  const sink = openDestination({ dest: options.descriptor ?? 1, sync: false, maxLength: MAX_WAITING_BYTES });
  // A log that cannot be written (its terminal closed, its disk full) must not end the service.
  sink.on('error', () => {});
  let isOpen = true;
  const destination: LogDestination = {
    write(line) {
      if (isOpen) sink.write(line);
    },
  };
  return {
    logger: createLogger({ ...options, destination }),
    flush() {
      if (isOpen) sink.flushSync();
    },
    close() {
      if (!isOpen) return Promise.resolve();
      isOpen = false;
      return new Promise((resolve) => {
        sink.once('close', resolve);
        sink.end();
      });
    },
  };
}

type Write = (event: LogEvent) => void;

function jsonWriter({ destination, clock }: LoggerOptions, owner: { host: string; pid: number }): Write {
  const writer = pino(
    {
      // LineLogger has decided already which lines are written.
      level: 'debug',
      base: { pid: owner.pid, host: owner.host },
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    },
    destination,
  );
  return ({ level, message, fields }) => writer[level](fields, message);
}

function textWriter(
  { destination, noColour }: LoggerOptions,
  format: 'pretty' | 'kamailio',
  owner: { host: string; pid: number },
  isTerminal: boolean,
): Write {
  const line: LineFormat =
    format === 'kamailio' ? kamailioLine(owner) : prettyLine({ colour: isTerminal && noColour !== true });
  return (event) => destination.write(line(event));
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

class LineLogger implements Logger {
  readonly debugEnabled: boolean;
  readonly #write: Write;
  readonly #clock: Pick<Clock, 'now'>;
  /** Index in LEVELS of the least important level that is written. */
  readonly #threshold: number;
  readonly #fields: LogFields;

  constructor(write: Write, clock: Pick<Clock, 'now'>, threshold: number, fields: LogFields) {
    this.#write = write;
    this.#clock = clock;
    this.#threshold = threshold;
    this.#fields = fields;
    this.debugEnabled = threshold === 0;
  }

  debug(message: string, fields?: LogFields): void {
    this.#log(0, message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#log(1, message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#log(2, message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#log(3, message, fields);
  }

  child(fields: LogFields): Logger {
    return new LineLogger(this.#write, this.#clock, this.#threshold, { ...this.#fields, ...redactFields(fields) });
  }

  #log(level: number, message: string, fields: LogFields | undefined): void {
    if (level < this.#threshold) return;
    this.#write({
      timeMs: this.#clock.now(),
      level: LEVELS[level]!,
      message: redactText(message),
      fields: fields === undefined ? this.#fields : { ...this.#fields, ...redactFields(fields) },
    });
  }
}
