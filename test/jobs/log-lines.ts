import type { LogFields, Logger } from '../../src/base/logger.ts';

/** A logger that keeps what was logged: `warn The disk is full`. */
export class LogLines implements Logger {
  readonly lines: string[] = [];
  readonly fields: (LogFields | undefined)[] = [];
  readonly debugEnabled = false;

  debug(): void {}

  info(message: string, fields?: LogFields): void {
    this.#add('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#add('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#add('error', message, fields);
  }

  child(): Logger {
    return this;
  }

  #add(level: string, message: string, fields: LogFields | undefined): void {
    this.lines.push(`${level} ${message}`);
    this.fields.push(fields);
  }
}
