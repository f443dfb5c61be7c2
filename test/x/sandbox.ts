/** What the tests of X share: a sandbox on free ports, a client for it, and hand-signed requests. */
import http from 'node:http';
import type { TestContext } from 'node:test';
import { randomHex } from '../../src/base/ids.ts';
import { silentLogger, type LogFields, type Logger } from '../../src/base/logger.ts';
import { XClient, type XClientOptions, type XKeys } from '../../src/x/client.ts';
import { ControlClient } from '../../src/x/emulator/control-client.ts';
import { percentEncode, signatureOf } from '../../src/x/emulator/oauth1.ts';
import { SANDBOX_KEYS } from '../../src/x/emulator/sandbox-keys.ts';
import { startEmulator, type Emulator, type EmulatorOptions } from '../../src/x/emulator/server.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

export interface Sandbox extends Emulator {
  readonly clock: VirtualClock;
  readonly control: ControlClient;
  client(options?: Partial<XClientOptions>): XClient;
}

/** Starts a sandbox that ends with the test. Its clock starts now: the library signs with the machine's time. */
export async function sandbox(t: TestContext, options: Partial<EmulatorOptions> = {}): Promise<Sandbox> {
  const clock = new VirtualClock(Date.now());
  const emulator = await startEmulator({ clock, logger: silentLogger, apiPort: 0, controlPort: 0, ...options });
  t.after(() => emulator.close());
  return {
    ...emulator,
    clock,
    control: new ControlClient(emulator.controlUrl),
    client: (clientOptions = {}) =>
      new XClient({ keys: options.keys ?? SANDBOX_KEYS, clock, logger: silentLogger, apiBase: emulator.apiUrl, ...clientOptions }),
  };
}

/** Sets a clock on by days at once; `advance` would walk through every millisecond for the timers that nobody armed. */
export function leap(clock: VirtualClock, ms: number): void {
  const nowMs = clock.now() + ms;
  clock.now = () => nowMs;
}

/** A server that gives every request the same answer, for what the sandbox does not say. Ends with the test. */
export async function cannedServer(t: TestContext, answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

export interface Signing {
  readonly method?: string;
  readonly target: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly keys?: XKeys;
  readonly timestampMs?: number;
  readonly nonce?: string;
  readonly origin?: string;
  /** The target that is really requested, when it is not the signed one. */
  readonly sentTarget?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; `undefined` when it is not JSON. */
  readonly json: unknown;
}

/** Sends a request that was signed by hand, right or wrong in every part that the test chooses. */
export function signedRequest(apiUrl: string, signing: Signing): Promise<RawAnswer> {
  const { method = 'GET', target, host = 'api.x.com', keys = SANDBOX_KEYS, origin = `https://${host}` } = signing;
  const fields = new Map([
    ['oauth_consumer_key', keys.appKey],
    ['oauth_nonce', signing.nonce ?? randomHex(16)],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(Math.floor((signing.timestampMs ?? Date.now()) / 1000))],
    ['oauth_token', keys.accessToken],
    ['oauth_version', '1.0'],
  ]);
  const { appSecret, accessSecret: tokenSecret } = keys;
  const signature = signatureOf({ method, target, host, authorization: '' }, { origin, fields, appSecret, tokenSecret });
  fields.set('oauth_signature', signature);
  const authorization = `OAuth ${[...fields].map(([name, value]) => `${name}="${percentEncode(value)}"`).join(',')}`;
  return rawRequest(apiUrl, {
    method,
    target: signing.sentTarget ?? target,
    headers: {
      host,
      authorization,
      ...(signing.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...signing.headers,
    },
    ...(signing.body === undefined ? {} : { body: signing.body }),
  });
}

/** Sends a request with a bearer token, of a user or of the app. */
export function bearerRequest(apiUrl: string, request: { token: string; method?: string; target: string; body?: unknown }): Promise<RawAnswer> {
  const { token, method = 'GET', target, body } = request;
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  return rawRequest(apiUrl, { method, target, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

/** Sends a request as it stands. */
export function rawRequest(
  url: string,
  request: { method?: string; target: string; headers?: Readonly<Record<string, string>>; body?: string },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const { method = 'GET', target: path, headers = {}, body } = request;
  return new Promise((resolve, reject) => {
    const out = http.request({ host: hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = response.headers['content-type']?.includes('json') === true;
        resolve({ status: response.statusCode!, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined });
      });
    });
    out.on('error', reject);
    out.end(body);
  });
}

/** A logger that keeps every line as JSON. */
export function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (message: string, fields?: LogFields) => void lines.push(JSON.stringify({ level, message, ...fields }));
  const logger: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    debugEnabled: true,
    child: () => logger,
  };
  return { logger, lines };
}
