/**
 * A SIP node for benchmarks: udp:127.0.0.1:5060, registrations in memory, no database, no queue.
 * `ROUTE` names the script. Runs until SIGTERM.
 */
import { Counters } from '../base/counters.ts';
import { AppError } from '../base/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { SystemClock } from '../base/system-clock.ts';
import { loadConfig } from '../config/load.ts';
import { SipNode } from './sip-node.ts';

const { config } = loadConfig({
  searchPaths: [],
  overrides: [...(process.env.ROUTE === undefined ? [] : [`script.path=${process.env.ROUTE}`]), 'sip.listen=udp:127.0.0.1:5060'],
});

try {
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
  });
  process.once('SIGTERM', () => void node.close().then(() => process.exit(0)));
  console.log('listening on udp:127.0.0.1:5060');
} catch (thrown) {
  console.error(thrown instanceof AppError ? thrown.message : thrown);
  process.exit(1);
}
