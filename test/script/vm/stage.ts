/** A script on disk, an engine around it and a logger that remembers: what the engine's tests share. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';

import type { LogFields, Logger } from '../../../src/base/logger.ts';
import { ENGINE } from '../../engines.ts';
import { rowsOf, type KsrValue, type Row } from '../../../src/script/row.ts';
import type { RouteRun } from '../../../src/script/vm/engine.ts';
import { LuaEngine, type EngineKind, type LuaEngineOptions } from '../../../src/script/vm/lua-engine.ts';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

export class RecordingLogger implements Logger {
  readonly lines: LogLine[] = [];
  readonly debugEnabled = true;

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', message, fields });
  }
  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }
  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }
  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }
  child(): Logger {
    return this;
  }
  get errors(): LogLine[] {
    return this.lines.filter(({ level }) => level === 'error');
  }
}

/** The context of a route: collects what the script hands to `KSR.test.out`. */
export class TestRun implements RouteRun {
  readonly callId: string;
  readonly out: KsrValue[] = [];
  /** Promises that `KSR.test.wait` hands out, to be settled by the test. */
  readonly waits: PromiseWithResolver[] = [];
  failed = false;
  dropped = false;
  completions = 0;
  #whenCompleted: () => void = () => {};
  /** Settles when the engine reports the end of a parked route. */
  readonly completed = new Promise<void>((resolve) => {
    this.#whenCompleted = resolve;
  });

  constructor(callId = 'call-1') {
    this.callId = callId;
  }
  setDrop(): void {
    this.dropped = true;
  }
  onCompleted(): void {
    this.completions += 1;
    this.#whenCompleted();
  }
}

interface PromiseWithResolver {
  readonly what: string;
  resolve(value: string): void;
  reject(error: Error): void;
}

const { row, waitingRow } = rowsOf<TestRun>('test');

/** Rows that every test has: `out(s)` records, `wait(s)` gives a promise, `now(s)` could wait and does not. */
const testRows: readonly Row<TestRun>[] = [
  row('out', ['str'], 'none', (run, text) => void run.out.push(text), 'Records a text'),
  row('num', ['int'], 'none', (run, number) => void run.out.push(number), 'Records a number'),
  waitingRow(
    'wait',
    ['str'],
    'xval',
    (run, what) => new Promise<KsrValue>((resolve, reject) => run.waits.push({ what, resolve, reject })),
    'Waits until the test says so',
  ),
  waitingRow('now', ['str'], 'xval', (_run, what) => `${what} at once`, 'Could wait, answers at once'),
];

export interface Stage {
  readonly engine: LuaEngine<TestRun>;
  readonly logger: RecordingLogger;
  readonly path: string;
  write(source: string, file?: string): void;
  /** Runs the body as a route and gives the context. */
  route(body: string, run?: TestRun): TestRun;
}

type Options = Partial<Omit<LuaEngineOptions<TestRun>, 'path' | 'logger'>> & { readonly load?: boolean };

export const ENGINES: readonly EngineKind[] = ['compiled', 'interpreter'];

/** Runs the same tests on both engines: `body` gets a `stage` whose scripts run on one of them. */
export function onBothEngines(body: (stage: (source: string, options?: Options) => Stage, engine: EngineKind) => void): void {
  for (const engine of ENGINES) describe(engine, () => body((source, options) => stage(source, { ...options, engine }), engine));
}

/** Writes `source` to a folder of its own and loads it; on the engine of the whole test run unless the test says another. */
export function stage(source: string, options: Options = {}): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'script-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'route.lua');
  const write = (text: string, file = 'route.lua') => writeFileSync(join(folder, file), text, 'latin1');
  write(source);
  const logger = new RecordingLogger();
  const engine = new LuaEngine<TestRun>({ engine: ENGINE, ...options, path, logger, rows: [...testRows, ...(options.rows ?? [])] });
  if (options.load !== false) engine.load();
  const route = (body: string, run = new TestRun()) => {
    write(`function probe(argument)\n${body}\nend`);
    engine.reload();
    engine.run('probe', run);
    return run;
  };
  return { engine, logger, path, write, route };
}

/** Lets everything that settled promises have set in motion happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
