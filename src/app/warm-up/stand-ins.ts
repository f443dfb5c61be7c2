/** What stands behind a core that is only warmed up: ports that take everything, give nothing, and touch nothing. */
import type { Clock } from '../../base/clock.ts';
import { Counters } from '../../base/counters.ts';
import { silentLogger } from '../../base/logger.ts';
import { realmOf } from '../../config/auth.ts';
import type { Config } from '../../config/schema.ts';
import { LocationIndex } from '../../registrar/location-index.ts';
import type { Credentials, SqlConnection } from '../../script/ports.ts';
import { deriveSecrets } from '../../sip/auth/algorithm.ts';
import type { DnsLookup } from '../../sip/resolve/dns-lookup.ts';
import { NextHopPolicy } from '../../sip/resolve/next-hop-policy.ts';
import type { OpenUdp } from '../../sip/transport/transports.ts';
import { connectCore, type ConnectedCore } from '../connected-core.ts';
import { PHONES_NETWORK } from './synthetic-calls.ts';

const NO_ROWS: SqlConnection = { query: () => Promise.resolve({ columns: [], rows: [], rowCount: 0 }) };

const NOTHING = { records: [], ttlSeconds: undefined };
const NO_NAMES: DnsLookup = { naptr: () => Promise.resolve(NOTHING), srv: () => Promise.resolve(NOTHING), addresses: () => Promise.resolve(NOTHING) };

/** Milliseconds: transactions end while the calls go on, so that their end is warmed up too. */
const SHORT_TIMERS = { t1Ms: 2, t2Ms: 8, t4Ms: 20 };

/**
 * A core like the node's own, with the same script in a state of its own: what the script keeps in globals and tables,
 * what it logs, counts, stores or sends is here and goes with it. It sends to the phones of the warm-up, over UDP, and to nobody else.
 *
 * @param password of every user
 */
export function coreToWarmUp(config: Config, parts: { clock: Clock; openUdp: OpenUdp; password: string }): ConnectedCore {
  const { clock, openUdp, password } = parts;
  const realm = realmOf(config);
  return connectCore({
    config: { ...config, sip: { ...config.sip, ...SHORT_TIMERS }, registrar: { ...config.registrar, write: 'behind' } },
    clock,
    logger: silentLogger,
    counters: new Counters(),
    index: new LocationIndex({ clock, useDomain: false }),
    locationSink: undefined,
    flushRegistrations: undefined,
    dns: NO_NAMES,
    policy: new NextHopPolicy({ allowLoopback: false, allow: [PHONES_NETWORK], deny: [], denyPorts: [], backEnds: [], ownPorts: [], ownAddresses: [] }),
    locatorOptions: { protocols: ['udp'] },
    openUdp,
    sqlConnections: new Map(Object.keys(config.script.sqlConnections).map((name) => [name, NO_ROWS])),
    credentials: { find: (user) => Promise.resolve(credentialsOf(user, realm, password)) },
    addresses: { loadAll: () => Promise.resolve([]) },
    outbox: { append: () => true, pending: () => 0 },
    inboxes: { take: () => undefined, size: () => 0 },
    requests: { send: () => false, isOwn: () => false },
    calls: { start: () => false, cancel: () => false, active: 0 },
  });
}

function credentialsOf(user: string, realm: string, password: string): Credentials {
  const { ha1, ha1Sha256 = '' } = deriveSecrets(user, realm, password);
  return { ha1, ha1Sha256 };
}
