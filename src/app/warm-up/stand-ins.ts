/** What stands behind a core that is only warmed up: ports that take everything, give nothing, and touch nothing. */
import type { Clock } from '../../base/clock.ts';
import { Counters } from '../../base/counters.ts';
import { silentLogger } from '../../base/logger.ts';
import { realmOf } from '../../config/auth.ts';
import type { Config } from '../../config/schema.ts';
import { LocationIndex } from '../../registrar/location-index.ts';
import type { Credentials, SqlConnection } from '../../script/ports.ts';
import { deriveSecrets } from '../../sip/auth/algorithm.ts';
import type { MessageSender } from '../../sip/endpoint/endpoint.ts';
import type { LocalSocket } from '../../sip/transport/transport.ts';
import { plainHost } from '../../sip/uri/uri.ts';
import { ServiceNames } from '../own-names.ts';
import { createSipCore, type SipCore } from '../sip-core.ts';

const NO_ROWS: SqlConnection = { query: () => Promise.resolve({ columns: [], rows: [], rowCount: 0 }) };

/**
 * A core like the node's own, with the same script in a state of its own: what the script keeps in globals and tables,
 * what it logs, counts, stores or sends is here and goes with it.
 *
 * @param password of every user
 */
export function coreToWarmUp(config: Config, parts: { clock: Clock; sender: MessageSender; local: LocalSocket; password: string }): SipCore {
  const { clock, sender, local, password } = parts;
  const realm = realmOf(config);
  const isOwnAddress = (host: string, port: number) => host === local.address && port === local.port;
  return createSipCore({
    config: { ...config, registrar: { ...config.registrar, write: 'behind' } },
    clock,
    logger: silentLogger,
    counters: new Counters(),
    index: new LocationIndex({ clock, useDomain: false }),
    locationSink: undefined,
    flushRegistrations: undefined,
    sender,
    nextHops: { find: (uri) => ({ protocol: 'udp', address: plainHost(uri.host), port: uri.port === 0 ? 5060 : uri.port }) },
    ownNames: new ServiceNames({
      names: config.sip.domains,
      realm,
      sockets: { isOwnHost: (host) => host === local.address, isOwnAddress },
      socketHost: () => `${local.address}:${local.port}`,
    }),
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
