/**
 * A SIP node for benchmarks: udp:127.0.0.1:5060, registrations in memory, no database, no queue.
 * `ROUTE` names the script; arguments are settings, `section.option=value`. Runs until SIGTERM.
 *
 * `--native FILE` routes with the `NativeEngine` of a module instead of a script: what the script costs is
 * the difference.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Counters } from '../base/counters.ts';
import { AppError } from '../base/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { SystemClock } from '../base/system-clock.ts';
import { loadConfig } from '../config/load.ts';
import type { RouteContext } from '../script/route-context.ts';
import type { ScriptEngine } from '../script/vm/engine.ts';
import { SipNode } from './sip-node.ts';

const words = process.argv.slice(2);
const nativeRoute = words[0] === '--native' ? words[1] : undefined;
const settings = nativeRoute === undefined ? words : words.slice(2);
const route = process.env.ROUTE === undefined ? [] : [`script.path=${process.env.ROUTE}`];

try {
  const { config } = loadConfig({ searchPaths: [], overrides: [...route, 'sip.listen=udp:127.0.0.1:5060', ...settings] });
  const node = await SipNode.start({
    config,
    clock: new SystemClock(),
    logger: { ...silentLogger, warn: console.error, error: console.error },
    counters: new Counters(),
    locationStore: undefined,
    sqlConnections: new Map(),
    credentials: { find: () => Promise.resolve(undefined) },
    addresses: { loadAll: () => Promise.resolve([]) },
    outbox: { append: () => false, pending: () => 0 },
    inboxes: { take: () => undefined, size: () => 0 },
    backEnds: [],
    ownPorts: [],
    ...(nativeRoute === undefined ? {} : { engine: await nativeEngine(nativeRoute) }),
  });
  process.once('SIGTERM', () => void node.close().then(() => process.exit(0)));
  console.log('listening on udp:127.0.0.1:5060');
} catch (thrown) {
  console.error(thrown instanceof AppError ? thrown.message : thrown);
  process.exit(1);
}

async function nativeEngine(path: string): Promise<ScriptEngine<RouteContext>> {
  const module = (await import(pathToFileURL(resolve(path)).href)) as { readonly NativeEngine: new () => ScriptEngine<RouteContext> };
  return new module.NativeEngine();
}
