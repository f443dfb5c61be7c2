/** A node whose modules are the real ones over ports that live in the test. */
import { Registrar } from '../../../src/registrar/registrar.ts';
import { LocationIndex } from '../../../src/registrar/location-index.ts';
import { createScriptModules, type ScriptModules, type ScriptModulesOptions } from '../../../src/script/modules/modules.ts';
import type { AddressRow, CallControl, CallPlan, CallProgress, Credentials, OutgoingRequest, RequestSender, SqlConnection, SqlResult, SqlValue } from '../../../src/script/ports.ts';
import { MemoryMessageStore } from '../../../src/testing/memory-message-store.ts';
import { stage, type Stage } from '../route-fixture.ts';

/** Lets everything that settled promises have set in motion happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A database that remembers what it was asked and answers when the test says so. */
export class StubSql implements SqlConnection {
  readonly asked: { readonly text: string; readonly params: readonly SqlValue[] }[] = [];
  readonly #waiting: { resolve: (result: SqlResult) => void; reject: (error: Error) => void }[] = [];

  query(text: string, params: readonly SqlValue[] = []): Promise<SqlResult> {
    this.asked.push({ text, params });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Answers the oldest statement. */
  async answer(columns: readonly string[], ...rows: (readonly SqlValue[])[]): Promise<void> {
    this.#waiting.shift()!.resolve({ columns, rows, rowCount: rows.length });
    await settled();
  }

  async fail(message: string): Promise<void> {
    this.#waiting.shift()!.reject(new Error(message));
    await settled();
  }
}

export class StubOutbox {
  readonly events: [queue: string, key: string, value: string][] = [];
  full = false;

  append(queue: string, key: string, value: string): boolean {
    if (this.full) return false;
    this.events.push([queue, key, value]);
    return true;
  }
  pending(queue: string): number {
    return this.events.filter(([name]) => name === queue).length;
  }
}

export class StubInboxes {
  readonly items: { readonly key: string; readonly value: string }[] = [];

  take(_queue: string) {
    return this.items.shift();
  }
  size(_queue: string): number {
    return this.items.length;
  }
}

/** Users by `name@realm`; each question is counted, and `down` lets it fail. */
export class StubUsers {
  readonly known = new Map<string, Credentials>();
  questions = 0;
  down = false;

  find(username: string, realm: string): Promise<Credentials | undefined> {
    this.questions += 1;
    return this.down ? Promise.reject(new Error('the database is away')) : Promise.resolve(this.known.get(`${username}@${realm}`));
  }
}

/** Remembers the requests of the script; each is answered when the test says so. */
export class StubRequests implements RequestSender {
  readonly sent: { readonly request: OutgoingRequest; readonly onReply: (status: number) => void }[] = [];
  /** Nothing can be sent. */
  down = false;
  /** Port of the service's own user agent. */
  ownPort = 0;

  send(request: OutgoingRequest, onReply: (status: number) => void): boolean {
    if (!this.down) this.sent.push({ request, onReply });
    return !this.down;
  }

  isOwn({ port }: { readonly port: number }): boolean {
    return port === this.ownPort;
  }
}

/** Remembers the calls that the script began. */
export class StubCalls implements CallControl {
  readonly begun: { readonly plan: CallPlan; readonly onProgress: (progress: CallProgress) => void }[] = [];
  readonly cancelled: string[] = [];
  full = false;

  get active(): number {
    return this.begun.length;
  }

  start(plan: CallPlan, onProgress: (progress: CallProgress) => void): boolean {
    if (this.full) return false;
    this.begun.push({ plan, onProgress });
    return true;
  }

  cancel(id: string): boolean {
    this.cancelled.push(id);
    return this.begun.some(({ plan }) => plan.id === id);
  }
}

export interface ModuleStage extends Stage {
  readonly modules: ScriptModules;
  readonly sql: StubSql;
  readonly outbox: StubOutbox;
  readonly inboxes: StubInboxes;
  readonly users: StubUsers;
  readonly requests: StubRequests;
  readonly calls: StubCalls;
  readonly messages: MemoryMessageStore;
  readonly addressRows: AddressRow[];
}

type Settings = Partial<ScriptModulesOptions['script']> & Partial<Pick<ScriptModulesOptions, 'flushRegistrations' | 'gateway'>>;

export function moduleStage(settings: Settings = {}): ModuleStage {
  const base = stage();
  const { clock, counters, logger } = base.services;
  const sql = new StubSql();
  const outbox = new StubOutbox();
  const inboxes = new StubInboxes();
  const users = new StubUsers();
  const requests = new StubRequests();
  const calls = new StubCalls();
  const messages = new MemoryMessageStore({ maxPerUser: 3 });
  const addressRows: AddressRow[] = [];
  const { flushRegistrations, gateway, ...script } = settings;
  const modules = createScriptModules({
    clock,
    counters,
    logger,
    definitions: new Map(),
    registrar: new Registrar({
      clock,
      counters,
      index: new LocationIndex({ clock, useDomain: false }),
      rules: { minExpiresS: 60, defaultExpiresS: 3600, maxExpiresS: 3600, maxContacts: 20, maxBindings: 100, retryAfterS: 5, useDomain: false },
    }),
    requests,
    calls,
    callDefaults: { flow: 'auto', ringMs: 45_000, maxDurationMs: 3_600_000 },
    gateway,
    nodeId: 'node-1',
    flushRegistrations,
    credentials: users,
    addresses: { loadAll: () => Promise.resolve([...addressRows]) },
    sqlConnections: new Map([['db', sql]]),
    outbox,
    inboxes,
    messageStore: messages,
    realm: 'proxy.test',
    auth: {
      algorithms: ['SHA-256', 'MD5'],
      nonceLifetimeS: 300,
      nonceSecret: undefined,
      maxFailuresPerUser: 3,
      maxFailuresPerNetwork: 10,
      failureWindowS: 60,
      lockoutS: 300,
    },
    script: {
      waitMs: 10_000,
      htables: {
        ipban: { autoexpireS: 300, maxEntries: 3 },
        counts: { autoexpireS: 0, initval: '0', maxEntries: 100 },
        plain: { autoexpireS: 0, maxEntries: 100 },
      },
      mqueues: {
        'missed-call': { direction: 'out', maxItems: 10 },
        results: { direction: 'in', maxItems: 10 },
        here: { direction: 'local', maxItems: 3 },
      },
      pikeSamplingUnitS: 2,
      pikeRequestsPerUnit: 4,
      pikeBlockS: 120,
      uacEventCallback: 'ksr_uac_event',
      messageExpireS: 3600,
      messageDate: true,
      ...script,
    },
  });
  Object.assign(base.services.modules, modules);
  return { ...base, modules, sql, outbox, inboxes, users, requests, calls, messages, addressRows };
}
