import type { Clock } from '../../base/clock.ts';
import type { Counter, Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Registrar } from '../../registrar/registrar.ts';
import type { DigestAlgorithm } from '../../sip/auth/algorithm.ts';
import { DigestAuthenticator } from '../../sip/auth/authenticator.ts';
import { Lockout } from '../../sip/auth/lockout.ts';
import { NonceSource } from '../../sip/auth/nonce.ts';
import { NonceUses } from '../../sip/auth/nonce-uses.ts';
import type { AddressSource, CallControl, CallPlan, CredentialStore, EventOutbox, MessageStore, RequestSender, ResultInboxes, SqlConnection } from '../ports.ts';
import { ScriptVariables } from '../pseudo-variables/script-variables.ts';
import { AddressBook } from './address-book.ts';
import { CachedCredentials } from './cached-credentials.ts';
import { DialogKeys } from './dialog-keys.ts';
import type { HashTableOptions } from './hash-table.ts';
import { HashTables } from './hash-tables.ts';
import { MessageQueues, type QueueOptions } from './message-queues.ts';
import { Pike } from './pike.ts';
import { Silo } from './silo.ts';
import { SqlConnections } from './sql-connections.ts';

/** State of the KSR modules, one field a module; created once for a node. */
export interface ScriptModules {
  /** Values of `KSR.kx.get_def`: names that the operator defined. */
  readonly definitions: ReadonlyMap<string, string>;
  /** `$var`, `$vn` and `$shv`. */
  readonly variables: ScriptVariables;
  /** `htable`. */
  readonly tables: HashTables;
  readonly pike: Pike;
  readonly auth: AuthModule;
  /** `sipweet.dialog_key`. */
  readonly dialogKeys: DialogKeys;
  /** `auth_db`. */
  readonly users: CachedCredentials;
  /** `permissions`. */
  readonly addresses: AddressBook;
  /** `sqlops`. */
  readonly sql: SqlConnections;
  /** `mqueue`. */
  readonly queues: MessageQueues;
  /** `msilo`. */
  readonly silo: Silo;
  /** Seconds that a message is kept at most. */
  readonly messageExpireS: number;
  readonly registrar: Registrar;
  /** Requests of the service's own, outside of any dialog: `uac`. */
  readonly requests: RequestSender;
  /** The callback that is told how such a request ended. */
  readonly uacEventCallback: string;
  /** Calls of the service's own: `sipweet.call`, `dialog.dlg_bridge`. */
  readonly calls: CallControl;
  /** What a script does not say of a call: the section `calls` of the configuration. */
  readonly callDefaults: CallDefaults;
  /** `host` or `host:port` of the trunk that takes telephone numbers; undefined where there is none. */
  readonly gateway: string | undefined;
  /** Names this run of this process: what it has claimed is nobody's after it. */
  readonly nodeId: string;
  /** Writes registrations out; undefined when they are answered before they are written. */
  readonly flushRegistrations: (() => Promise<void>) | undefined;
  /** Milliseconds that a function waits for its answer at most. */
  readonly waitMs: number;
  readonly counters: ModuleCounters;
}

export interface AuthModule {
  readonly authenticator: DigestAuthenticator;
  /** Offered in challenges, the preferred one first. */
  readonly algorithms: readonly DigestAlgorithm[];
  /** The realm that stored hashes were made with. */
  readonly realm: string;
}

export type CallDefaults = Pick<CallPlan, 'flow' | 'ringMs' | 'maxDurationMs'>;

interface ModuleCounters {
  readonly tableFull: Counter;
  readonly pikeBlocked: Counter;
  readonly authRejected: Counter;
  readonly eventsRefused: Counter;
  readonly requestsRefused: Counter;
}

/** What the modules need. `auth` and `script` are the sections of the configuration of these names. */
export interface ScriptModulesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly definitions: ReadonlyMap<string, string>;
  readonly registrar: Registrar;
  readonly requests: RequestSender;
  readonly calls: CallControl;
  readonly callDefaults: CallDefaults;
  readonly gateway: string | undefined;
  readonly nodeId: string;
  readonly flushRegistrations?: (() => Promise<void>) | undefined;
  readonly credentials: CredentialStore;
  readonly addresses: AddressSource;
  /** By the names of `script.sqlConnections`. */
  readonly sqlConnections: ReadonlyMap<string, SqlConnection>;
  readonly outbox: EventOutbox;
  readonly inboxes: ResultInboxes;
  /** Undefined lets the functions of `msilo` fail. */
  readonly messageStore: MessageStore | undefined;
  readonly realm: string;
  readonly auth: {
    readonly algorithms: readonly DigestAlgorithm[];
    readonly nonceLifetimeS: number;
    readonly nonceSecret: string | undefined;
    readonly maxFailuresPerUser: number;
    readonly maxFailuresPerNetwork: number;
    readonly failureWindowS: number;
    readonly lockoutS: number;
  };
  readonly script: {
    readonly waitMs: number;
    readonly htables: Readonly<Record<string, HashTableOptions>>;
    readonly mqueues: Readonly<Record<string, QueueOptions>>;
    readonly pikeSamplingUnitS: number;
    readonly pikeRequestsPerUnit: number;
    readonly pikeBlockS: number;
    readonly uacEventCallback: string;
    readonly messageExpireS: number;
    readonly messageDate: boolean;
  };
}

export function createScriptModules(options: ScriptModulesOptions): ScriptModules {
  const { clock, logger, script } = options;
  const { waitMs } = script;
  return {
    definitions: options.definitions,
    variables: new ScriptVariables(),
    tables: new HashTables(script.htables, clock),
    pike: new Pike(clock, {
      unitMs: script.pikeSamplingUnitS * 1000,
      maxRequests: script.pikeRequestsPerUnit,
      rememberMs: script.pikeBlockS * 1000,
    }),
    auth: { authenticator: createAuthenticator(options), algorithms: options.auth.algorithms, realm: options.realm },
    dialogKeys: new DialogKeys(options.auth.nonceSecret),
    users: new CachedCredentials({ store: options.credentials, clock, waitMs }),
    addresses: new AddressBook(options.addresses, logger),
    sql: new SqlConnections(options.sqlConnections, { clock, logger, waitMs }),
    queues: new MessageQueues(script.mqueues, options.outbox, options.inboxes),
    silo: new Silo({
      store: options.messageStore,
      requests: options.requests,
      clock,
      logger,
      counters: options.counters,
      waitMs,
      showsDate: script.messageDate,
    }),
    messageExpireS: script.messageExpireS,
    registrar: options.registrar,
    requests: options.requests,
    uacEventCallback: script.uacEventCallback,
    calls: options.calls,
    callDefaults: options.callDefaults,
    gateway: options.gateway,
    nodeId: options.nodeId,
    flushRegistrations: options.flushRegistrations,
    waitMs,
    counters: defineCounters(options.counters),
  };
}

/** Reads what the modules need before the first message. Rejects when the table `address` cannot be read. */
export async function startScriptModules(modules: ScriptModules): Promise<void> {
  await modules.addresses.load();
  modules.tables.start();
  modules.silo.start();
}

export function stopScriptModules(modules: ScriptModules): void {
  modules.tables.stop();
  modules.silo.stop();
}

function createAuthenticator({ clock, auth }: ScriptModulesOptions): DigestAuthenticator {
  const lifetimeMs = auth.nonceLifetimeS * 1000;
  return new DigestAuthenticator({
    nonces: new NonceSource({ clock, lifetimeMs, secret: auth.nonceSecret }),
    uses: new NonceUses({ clock, lifetimeMs }),
    lockout: new Lockout({
      clock,
      userFailures: auth.maxFailuresPerUser,
      sourceFailures: auth.maxFailuresPerNetwork,
      windowMs: auth.failureWindowS * 1000,
      lockMs: auth.lockoutS * 1000,
    }),
  });
}

function defineCounters(counters: Counters): ModuleCounters {
  return {
    tableFull: counters.define('htable.full', 'Entries that a script table did not take because it is full'),
    pikeBlocked: counters.define('pike.blocked', 'Addresses that pike blocked'),
    authRejected: counters.define('auth.rejected', 'Credentials that were wrong or belong to somebody else'),
    eventsRefused: counters.define('mqueue.refused', 'Items that a queue of the script did not take'),
    requestsRefused: counters.define('uac.refused', 'Requests that a script wanted to send as the service and that were not sent: wrong, or too many on their way'),
  };
}
