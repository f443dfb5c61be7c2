/** A route on a real message, over a real endpoint whose sends are recorded: what tests of KSR rows share. */
import { Counters } from '../../src/base/counters.ts';
import type { LogFields, Logger } from '../../src/base/logger.ts';
import { Proxy } from '../../src/proxy/proxy.ts';
import { ScriptVariables } from '../../src/script/pseudo-variables/script-variables.ts';
import { RouteContext, type RouteKind, type RouteRunner } from '../../src/script/route-context.ts';
import type { KsrValue, Row } from '../../src/script/row.ts';
import type { ScriptModules } from '../../src/script/modules/modules.ts';
import type { ScriptServices } from '../../src/script/services.ts';
import { SuspendedTransactions } from '../../src/script/suspended-transactions.ts';
import type { ScriptEngine } from '../../src/script/vm/engine.ts';
import { Endpoint } from '../../src/sip/endpoint/endpoint.ts';
import { OwnAddresses } from '../../src/sip/endpoint/own-addresses.ts';
import { isParseFailure, parseMessage } from '../../src/sip/message/parse-message.ts';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import { RFC_TIMINGS } from '../../src/sip/transaction/timings.ts';
import type { Destination, Source } from '../../src/sip/transport/transport.ts';
import { plainHost } from '../../src/sip/uri/uri.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

export class LineLogger implements Logger {
  readonly lines: LoggedLine[] = [];
  debugEnabled = true;

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
  get errors(): string[] {
    return this.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
  }
}

export interface Sent {
  readonly text: string;
  readonly destination: Destination;
}

export interface StartedEvent {
  readonly callback: string;
  readonly event: string;
  readonly whenDone: () => void;
}

/** A node without sockets: our own names are `proxy.test` and 10.0.0.1. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly logger: LineLogger;
  readonly sent: Sent[];
  /** Callbacks that were started by `runEvent`; each ends when the test calls its `whenDone`. */
  readonly events: StartedEvent[];
  readonly services: ScriptServices;
  route(message?: string | SipMessage, more?: { kind?: RouteKind; source?: Partial<Source> }): RouteContext;
}

export const SOURCE: Source = {
  protocol: 'udp',
  address: '192.0.2.10',
  port: 5062,
  local: { protocol: 'udp', address: '10.0.0.1', port: 5060, family: 4 },
  connectionId: 0,
};

/** @param modules the state of the modules that the test is about */
export function stage(modules: Partial<ScriptModules> = {}): Stage {
  const clock = new VirtualClock();
  const logger = new LineLogger();
  const counters = new Counters();
  const sent: Sent[] = [];
  const events: StartedEvent[] = [];
  const endpoint = new Endpoint({
    clock,
    logger,
    counters,
    sender: { send: (text, destination) => void sent.push({ text, destination }), localFor: () => SOURCE.local },
    ownAddresses: new OwnAddresses(() => []),
    options: {
      timings: RFC_TIMINGS,
      messageLimits: { maxMessageBytes: 65_535, maxHeaders: 256 },
      maxTransactions: 100,
      serverHeader: '',
      retryAfterS: 1,
    },
  });
  const proxy = new Proxy(
    endpoint,
    { find: (uri) => ({ protocol: 'udp', address: plainHost(uri.host), port: uri.port || 5060 }) },
    { firstResponseMs: 30_000, ringMs: 120_000, maxBranches: 12, maxBreadth: 60 },
  );
  const isOwn = (host: string, port: number) => (host === 'proxy.test' || host === '10.0.0.1') && (port === 0 || port === 5060);
  const services: ScriptServices = {
    clock,
    logger,
    counters,
    endpoint,
    proxy,
    ownNames: { isOwn, isOwnUri: (uri) => isOwn(plainHost(uri.host), uri.port), userHost: 'proxy.test' },
    modules: { definitions: new Map(), variables: new ScriptVariables(), ...modules } as ScriptModules,
  };
  const runner: RouteRunner = { services, engine: NO_ENGINE, suspended: new SuspendedTransactions(), replyRouteOf: () => undefined, runEvent: (callback, event, whenDone = () => {}) => void events.push({ callback, event, whenDone }) };
  return {
    clock,
    logger,
    sent,
    events,
    services,
    route(message = request(), { kind, source } = {}) {
      const parsed = typeof message === 'string' ? parseOk(message) : message;
      return new RouteContext(runner, kind ?? (parsed.isRequest ? 'request' : 'reply'), parsed, { ...SOURCE, ...source });
    },
  };
}

const NO_ENGINE: ScriptEngine<RouteContext> = {
  load() {},
  reload() {},
  has: () => false,
  run: () => 'completed',
};

function parseOk(text: string): SipMessage {
  const message = parseMessage(text);
  if (isParseFailure(message)) throw new Error(`the test message cannot be parsed: ${message.failure}`);
  return message;
}

export interface RequestParts {
  readonly method?: string;
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly cseq?: string;
  /** Whole header lines, each with its CRLF, behind the others. */
  readonly headers?: string;
  readonly body?: string;
}

/** Text of a request from alice to bob. */
export function request(parts: RequestParts = {}): string {
  const method = parts.method ?? 'INVITE';
  const body = parts.body ?? '';
  return [
    `${method} ${parts.uri ?? 'sip:bob@proxy.test'} SIP/2.0\r\n`,
    'Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKabc;rport\r\n',
    `From: ${parts.from ?? '"Alice A." <sip:alice@example.com>;tag=f1'}\r\n`,
    `To: ${parts.to ?? '<sip:bob@proxy.test>'}\r\n`,
    'Call-ID: call-1@example.com\r\n',
    `CSeq: ${parts.cseq ?? `7 ${method}`}\r\n`,
    'Max-Forwards: 70\r\n',
    parts.headers ?? '',
    `Content-Length: ${body.length}\r\n\r\n${body}`,
  ].join('');
}

/** Text of a response to that request. */
export function response(status = 180, reason = 'Ringing', headers = ''): string {
  return [
    `SIP/2.0 ${status} ${reason}\r\n`,
    'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKours\r\nVia: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKabc\r\n',
    'From: "Alice A." <sip:alice@example.com>;tag=f1\r\nTo: <sip:bob@proxy.test>;tag=t1\r\nCall-ID: call-1@example.com\r\nCSeq: 7 INVITE\r\n',
    `${headers}Content-Length: 0\r\n\r\n`,
  ].join('');
}

/** The message of a route with the changes that its script has made. */
export function written(route: RouteContext): string {
  return route.edits.apply(route.message.raw, 0, route.message.bodyEnd);
}

/** Calls functions of a module by name: `const hdr = callable(hdrRows); hdr(route, 'get', 'To')`. */
export function callable(rows: readonly Row<RouteContext>[]) {
  const byName = new Map(rows.map((row) => [row.name, row]));
  return (route: RouteContext, name: string, ...args: (number | string)[]): KsrValue | void => {
    const row = byName.get(name);
    if (row === undefined) throw new Error(`there is no function ${name}`);
    const result = row.run(route, ...args);
    if (result instanceof Promise) throw new Error(`${name} waits`);
    return result;
  };
}
