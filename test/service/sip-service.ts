import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../src/base/system-clock.ts';
import { Counters } from '../../src/base/counters.ts';
import type { LogFields, Logger } from '../../src/base/logger.ts';
import { realmOf } from '../../src/config/auth.ts';
import { loadConfig } from '../../src/config/load.ts';
import { PACKAGED_SCRIPT } from '../../src/config/script.ts';
import { SipNode, type SipNodeParts } from '../../src/app/sip-node.ts';
import { deriveSecrets } from '../../src/sip/auth/algorithm.ts';
import { ENGINE_OPTIONS } from '../engines.ts';
import type { CredentialStore, EventOutbox } from '../../src/script/ports.ts';

/** The domain of all users, and the realm of their passwords. */
export const DOMAIN = 'example.com';

/** Users of the tests that need some; the password is the name and `-pw`. */
export const USERS: Readonly<Record<string, string>> = Object.fromEntries(['alice', 'bob', 'carol', 'dave'].map((name) => [name, `${name}-pw`]));

export interface Service {
  readonly node: SipNode;
  /** Ports of UDP and TCP on 127.0.0.1. */
  readonly port: number;
  readonly tcpPort: number;
  readonly counters: Counters;
  readonly outbox: RecordingOutbox;
  readonly log: RecordingLogger;
  /** The value of a counter, 0 before it was defined. */
  count(name: string): number;
}

export interface ServiceParts extends Partial<SipNodeParts> {
  /** Passwords by user name; they make the credential store. */
  readonly users?: Readonly<Record<string, string>>;
}

/** A SIP node as a stranger runs it, but with registrations in memory and on free ports of loopback. */
export async function startService(overrides: readonly string[], { users = {}, ...parts }: ServiceParts = {}): Promise<Service> {
  const counters = new Counters();
  const outbox = new RecordingOutbox();
  const log = new RecordingLogger();
  const { config } = loadConfig({ searchPaths: [], overrides: ['sip.listen=udp:127.0.0.1:0,tcp:127.0.0.1:0', ...ENGINE_OPTIONS, 'sip.warmUpMs=0', ...overrides] });
  const node = await SipNode.start({
    config,
    clock: new SystemClock(),
    logger: log,
    counters,
    locationStore: undefined,
    sqlConnections: new Map(),
    credentials: credentialsOf(users, realmOf(config)),
    addresses: { loadAll: () => Promise.resolve([]) },
    outbox,
    inboxes: { take: () => undefined, size: () => 0 },
    backEnds: [],
    ownPorts: [],
    ...parts,
  });
  const count = (name: string): number => counters.all().find((counter) => counter.name === name)?.value ?? 0;
  const portOf = (protocol: 'udp' | 'tcp'): number => node.localSockets.find((socket) => socket.protocol === protocol)?.port ?? 0;
  return { node, port: portOf('udp'), tcpPort: portOf('tcp'), counters, outbox, log, count };
}

/** The service with its default script, `USERS`, and passwords. */
export function startDefaultService(overrides: readonly string[] = [], parts: ServiceParts = {}): Promise<Service> {
  return startService([`sip.domains=${DOMAIN}`, ...overrides], { users: USERS, ...parts });
}

function credentialsOf(users: Readonly<Record<string, string>>, realm: string): CredentialStore {
  const stored = new Map(
    Object.entries(users).map(([name, password]) => {
      const { ha1, ha1Sha256 = '' } = deriveSecrets(name, realm, password);
      return [name, { ha1, ha1Sha256 }];
    }),
  );
  return { find: (username, asked) => Promise.resolve(asked === realm ? stored.get(username) : undefined) };
}

/** Remembers what `mq_add` was given. */
export class RecordingOutbox implements EventOutbox {
  readonly events: { readonly queue: string; readonly key: string; readonly value: string }[] = [];

  append(queue: string, key: string, value: string): boolean {
    this.events.push({ queue, key, value });
    return true;
  }

  pending(): number {
    return this.events.length;
  }
}

/** Remembers its lines. */
export class RecordingLogger implements Logger {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = [];
  readonly debugEnabled = false;

  debug(): void {}

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
}

/** A copy of the default script that a test may change, in a folder of its own. */
export class ScriptCopy {
  readonly path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sipweet-script-'));
  readonly original = readFileSync(PACKAGED_SCRIPT, 'utf8');

  constructor(change: (original: string) => string = (original) => original) {
    this.path = join(this.#folder, 'route.lua');
    this.write(change(this.original));
  }

  write(text: string): void {
    writeFileSync(this.path, text);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Replaces exactly one place; a text without it means that the script has changed and the test has not. */
export function replaceOnce(text: string, before: string, after: string): string {
  if (text.split(before).length !== 2) throw new Error(`the script has not exactly one ${JSON.stringify(before)}`);
  return text.replace(before, () => after);
}

/** The default script with phones that ring for `ms` only. */
export function ringingFor(ms: number): (original: string) => string {
  return (original) => replaceOnce(original, 'local RING_MS = 45000', `local RING_MS = ${ms}`);
}

/** A socket that remembers what it received. */
export class Peer {
  readonly socket: Socket;
  readonly received: string[] = [];
  readonly #proxyPort: number;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket, proxyPort: number) {
    this.socket = socket;
    this.#proxyPort = proxyPort;
    socket.on('message', (bytes) => {
      this.received.push(bytes.toString('latin1'));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** @param address any of 127.0.0.0/8: another one is another machine to the service */
  static async open(proxyPort: number, address = '127.0.0.1', port = 0): Promise<Peer> {
    const socket = createSocket('udp4');
    socket.bind(port, address);
    await once(socket, 'listening');
    return new Peer(socket, proxyPort);
  }

  get address(): string {
    return this.socket.address().address;
  }

  get port(): number {
    return this.socket.address().port;
  }

  send(text: string | Buffer): void {
    this.socket.send(typeof text === 'string' ? Buffer.from(text, 'latin1') : text, this.#proxyPort, '127.0.0.1');
  }

  /** The first message that matches, waiting for it until `deadlineMs`. It is taken out of `received`. */
  async take(matches: (text: string) => boolean, deadlineMs = 5000): Promise<string> {
    const signal = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const index = this.received.findIndex(matches);
      if (index >= 0) return this.received.splice(index, 1)[0]!;
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => reject(new Error(`nothing that matches came in ${deadlineMs} ms; received: ${this.received.map((text) => text.split('\r\n', 1)[0]).join(' | ')}`)), { once: true });
      });
    }
  }

  close(): void {
    this.socket.close();
  }
}
