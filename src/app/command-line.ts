import { basename, relative } from 'node:path';
import type { Command } from 'commander';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import type { Environment } from '../config/setting.ts';
import { openLog, type OpenLog } from './logging.ts';

/** What commands have in common: the outside world, and the options that stand before every command. */
export class CommandLine {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly #program: Command;
  readonly #logs: OpenLog[] = [];

  constructor(parts: { program: Command; environment: Environment; clock: Clock }) {
    this.#program = parts.program;
    this.environment = parts.environment;
    this.clock = parts.clock;
  }

  /** What to type for this program from here: its name where it is installed, else the file that runs. */
  get programName(): string {
    const file = process.argv[1] ?? 'sipweet';
    if (basename(file) !== 'sipweet') return `node ${relative(process.cwd(), file)}`;
    return file.includes('node_modules') ? 'npx sipweet' : 'sipweet';
  }

  /** A line, or several, on standard output: what the command was asked for. */
  print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  /** A line on standard error: words for the person in front of it. */
  remark(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** @throws AppError `config.invalid`, `config.unreadable` */
  load(): LoadedConfig {
    const { config: file } = this.#program.opts<{ config?: string }>();
    return loadConfig({ file, overrides: this.overrides, environment: this.environment });
  }

  /** What was given with `--set`. */
  get overrides(): readonly string[] {
    return this.#program.opts<{ set: string[] }>().set;
  }

  /** The log of a process of the service, on standard output. */
  serviceLog(loaded: LoadedConfig): Logger {
    return this.#open(loaded.config.log, 1, process.stdout.isTTY === true);
  }

  /** The log of a command that does one thing and ends: warnings, on standard error, unless more is asked for. */
  commandLog(loaded: LoadedConfig): Logger {
    const level = loaded.sources.has('log.level') ? loaded.config.log.level : 'warn';
    return this.#open({ level, format: loaded.config.log.format }, 2, process.stderr.isTTY === true);
  }

  /** Writes what the logs still hold, and closes them. */
  async close(): Promise<void> {
    await Promise.all(this.#logs.splice(0).map((log) => log.close()));
  }

  /** The logger to tell details of a failure to, if the command got so far as to open one. */
  get logger(): Logger | undefined {
    return this.#logs[0]?.logger;
  }

  #open(options: LoadedConfig['config']['log'], descriptor: number, isTerminal: boolean): Logger {
    const noColour = this.environment.NO_COLOR !== undefined;
    const log = openLog({ ...options, clock: this.clock, descriptor, isTerminal, noColour });
    this.#logs.push(log);
    return log.logger;
  }
}
