/** A router with a script on a virtual clock and a recorded network. The script is functions, or Lua. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { rowsOf, type KsrValue } from '../../src/script/row.ts';
import { Router } from '../../src/script/router.ts';
import type { RouteContext } from '../../src/script/route-context.ts';
import type { RunOutcome, ScriptEngine } from '../../src/script/vm/engine.ts';
import { ksrRows } from '../../src/script/ksr/rows.ts';
import { callable } from './route-fixture.ts';
import { ENGINE } from '../engines.ts';
import { LuaEngine } from '../../src/script/vm/lua-engine.ts';
import type { ScriptModules } from '../../src/script/modules/modules.ts';
import { ScriptVariables } from '../../src/script/pseudo-variables/script-variables.ts';
import { ProxyFixture } from '../proxy/proxy-fixture.ts';
import type { NextHops } from '../../src/proxy/next-hop.ts';
import type { ProxyOptions } from '../../src/proxy/proxy-parts.ts';

/** Calls a KSR function of a route: `ksr('tm.t_relay')`. */
export type Ksr = (name: string, ...args: (number | string)[]) => unknown;

/** A route in TypeScript. What it returns runs when the route, which is parked by that, is woken. */
export type TestRoute = (ksr: Ksr, route: RouteContext) => void | (() => void);

const modules = new Map<string, ReturnType<typeof callable>>();
for (const module of new Set(ksrRows.map((row) => row.module))) modules.set(module, callable(ksrRows.filter((row) => row.module === module)));

/** An engine whose script is a table of functions. A route that throws fails, as a Lua error makes it. */
export class FunctionEngine implements ScriptEngine<RouteContext> {
  readonly routes: Record<string, TestRoute>;
  /** Names of the routes that ran, in order, with the status or method that they saw. */
  readonly ran: string[] = [];
  readonly contexts: RouteContext[] = [];
  readonly #parked: (() => void)[] = [];

  constructor(routes: Record<string, TestRoute>) {
    this.routes = routes;
  }

  load(): void {}
  reload(): void {}

  has(name: string): boolean {
    return this.routes[name] !== undefined;
  }

  run(name: string, route: RouteContext): RunOutcome {
    const body = this.routes[name];
    if (body === undefined) return 'completed';
    this.ran.push(`${name} ${route.message.isRequest ? route.message.method : route.message.status}`);
    this.contexts.push(route);
    const rest = this.#guard(route, () => body(ksrOf(route), route));
    if (rest === undefined) return 'completed';
    this.#parked.push(() => {
      this.#guard(route, rest);
      route.onCompleted();
    });
    return 'parked';
  }

  get parked(): number {
    return this.#parked.length;
  }

  /** Wakes the route that has waited for longest. */
  wake(): void {
    this.#parked.shift()!();
  }

  #guard(route: RouteContext, body: () => void | (() => void)): (() => void) | undefined {
    try {
      return body() ?? undefined;
    } catch (error) {
      // An assertion of the test itself must not be mistaken for an error of the script.
      if (!(error instanceof ScriptError)) throw error;
      route.failed = true;
      return undefined;
    }
  }
}

/** What a route of a test throws to fail. */
export class ScriptError extends Error {}

function ksrOf(route: RouteContext): Ksr {
  return (name, ...args) => {
    const [module = '', fn = ''] = name.includes('.') ? name.split('.') : ['', name];
    return modules.get(module)!(route, fn, ...args);
  };
}

/** A node with a script; requests of the network reach `ksr_request_route`. */
export class ScriptFixture extends ProxyFixture {
  readonly router: Router;

  constructor(engine: ScriptEngine<RouteContext>, options: Partial<ProxyOptions> = {}, nextHops?: NextHops) {
    super(options, nextHops);
    const isOwn = (host: string): boolean => host === 'proxy.example.com' || host === '192.0.2.1';
    this.router = new Router(
      {
        clock: this.clock,
        logger: this.logger,
        counters: this.counters,
        endpoint: this.endpoint,
        proxy: this.proxy,
        ownNames: { isOwn, isOwnUri: (uri) => isOwn(uri.host), userHost: 'example.com' },
        modules: { definitions: new Map(), variables: new ScriptVariables() } as Partial<ScriptModules> as ScriptModules,
      },
      engine,
    );
    this.endpoint.attach(this.router);
  }
}

export interface FunctionStage {
  readonly net: ScriptFixture;
  readonly engine: FunctionEngine;
}

/** A node whose script is these functions. `request`, `reply` stand for the callbacks of the core. */
export function functions(routes: Record<string, TestRoute>, options: Partial<ProxyOptions> = {}, nextHops?: NextHops): FunctionStage {
  const named = Object.fromEntries(Object.entries(routes).map(([name, body]) => [CORE[name] ?? name, body]));
  const engine = new FunctionEngine(named);
  return { net: new ScriptFixture(engine, options, nextHops), engine };
}

const CORE: Readonly<Record<string, string>> = { request: 'ksr_request_route', reply: 'ksr_reply_route' };

/** A node whose script is Lua, with two functions of ours. */
export interface LuaStage {
  readonly net: ScriptFixture;
  /** What the script gave to `KSR.test.out`. */
  readonly out: string[];
  /** Lets the route that has waited for longest in `KSR.test.wait` go on, and what follows happen. */
  wake(answer?: string): Promise<void>;
}

const { row, waitingRow } = rowsOf<RouteContext>('test');

export function lua(source: string): LuaStage {
  const folder = mkdtempSync(join(tmpdir(), 'route-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'route.lua');
  writeFileSync(path, source);
  const out: string[] = [];
  const waiting: ((answer: string) => void)[] = [];
  const rows = [
    ...ksrRows,
    row('out', ['str'], 'none', (_route, text) => void out.push(text), 'Records a text'),
    waitingRow('wait', [], 'xval', () => new Promise<KsrValue>((resolve) => waiting.push(resolve)), 'Waits until the test says so'),
  ];
  const engine = new LuaEngine<RouteContext>({ engine: ENGINE, path, rows, logger: silentLogger });
  engine.load();
  return {
    net: new ScriptFixture(engine),
    out,
    async wake(answer = '') {
      waiting.shift()!(answer);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
