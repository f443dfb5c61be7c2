/** One of the two engines that are compared, with a script file of its own and its log lines in the record. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorText } from '../../../src/base/errors.ts';
import type { LogFields, Logger } from '../../../src/base/logger.ts';
import type { Row } from '../../../src/script/row.ts';
import type { ScriptEngine } from '../../../src/script/vm/engine.ts';
import { LuaEngine } from '../../../src/script/vm/lua-engine.ts';
import { FakeRoute, type Answers } from './fake-route.ts';

export interface SideOptions {
  readonly rows: readonly Row<FakeRoute>[];
  readonly maxInstructions?: number;
}

/** How `tostring` writes tables, functions and threads: never twice the same. No line number, behind which a text may begin like that. */
const ADDRESS = /\b([A-Za-z]\w*): 0x[0-9a-f]+/g;

/** What was seen of a script, a line each: calls of KSR functions, log lines, how it ended. */
export type Observation = readonly string[];

export class Side {
  readonly name: 'interpreter' | 'compiled';
  readonly #folder: string;
  readonly #engine: ScriptEngine<FakeRoute>;
  readonly #logger: RouteLogger;

  constructor(name: Side['name'], options: SideOptions) {
    this.name = name;
    this.#folder = mkdtempSync(join(tmpdir(), 'lua-'));
    this.#logger = new RouteLogger();
    writeFileSync(this.#path, '');
    this.#engine = new LuaEngine<FakeRoute>({ ...options, engine: name, path: this.#path, logger: this.#logger });
  }

  get #path(): string {
    return join(this.#folder, 'p.lua');
  }

  /** Executes a script in the state of the one before. Gives the error when it cannot be loaded. */
  load(source: string): string | undefined {
    writeFileSync(this.#path, source, 'latin1');
    try {
      this.#engine.reload();
      return undefined;
    } catch (thrown) {
      return errorText(thrown).replaceAll(`${this.#folder}/`, '');
    }
  }

  /** Calls a function of the script and waits for its end. */
  async observe(name: string, answers: Answers, argument?: string): Promise<Observation> {
    const route = new FakeRoute(answers);
    this.#logger.route = route;
    if (this.#engine.run(name, route, argument) === 'parked') await route.completed;
    route.write(route.failed ? 'failed' : route.dropped ? 'dropped' : 'completed');
    return route.lines.map((line) => line.replaceAll(`${this.#folder}/`, '').replace(ADDRESS, '$1'));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Log lines become lines of the route that runs. */
class RouteLogger implements Logger {
  route: FakeRoute | undefined = undefined;
  readonly debugEnabled = true;

  debug(): void {}
  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }
  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }
  child(): Logger {
    return this;
  }
  #write(level: string, message: string, fields: LogFields = {}): void {
    this.route?.write(`${level}: ${message}${fields.at === undefined ? '' : ` (${String(fields.at)})`}`);
  }
}
