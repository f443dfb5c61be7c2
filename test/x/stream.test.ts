import assert from 'node:assert/strict';
import http, { type ServerResponse } from 'node:http';
import test, { type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { JsonRecord } from '../../src/x/json.ts';
import { XFailure } from '../../src/x/port.ts';
import { XStream } from '../../src/x/stream.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { recordingLogger } from './sandbox.ts';

/** A server of streams and what came of it. Each connection waits in `next()` until the test answers it. */
async function setUp(t: TestContext) {
  const clock = new VirtualClock();
  const waiting: ServerResponse[] = [];
  const wishes: ((response: ServerResponse) => void)[] = [];
  const seen: (string | undefined)[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request.headers.authorization);
    const wish = wishes.shift();
    if (wish === undefined) waiting.push(response);
    else wish(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const messages: JsonRecord[] = [];
  const arrivals: (() => void)[] = [];
  const app = { tokens: 0, closed: 0, prepared: 0, failure: undefined as XFailure | undefined };
  const { logger, lines } = recordingLogger();
  const stream = new XStream({
    app: {
      bearer: () => (app.failure === undefined ? Promise.resolve(`token${app.tokens}`) : Promise.reject(app.failure)),
      forgetBearer: () => void (app.tokens += 1),
      closeConnections: async () => void (app.closed += 1),
    },
    path: '/2/tweets/search/stream?expansions=author_id',
    prepare: async () => void (app.prepared += 1),
    onMessage: (message) => {
      messages.push(message);
      arrivals.shift()?.();
    },
    random: () => 0,
    clock,
    logger,
    apiBase: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
  });
  t.after(async () => {
    await stream.stop();
    server.closeAllConnections();
    server.close();
  });

  const next = () =>
    new Promise<ServerResponse>((resolve) => {
      const response = waiting.shift();
      if (response === undefined) wishes.push(resolve);
      else resolve(response);
    });
  /** Until the stream waits for its next connect: the watchdog is disarmed, one timer is armed. */
  const told = async (count: number) => {
    while (lines.filter((line) => line.includes('againInS')).length < count) await setImmediate();
  };
  const open = async () => {
    const response = await next();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    return response;
  };
  const arrived = async (count: number) => {
    while (messages.length < count) await new Promise<void>((resolve) => arrivals.push(resolve));
  };
  const isConnecting = () => waiting.length > 0;
  return { clock, stream, app, messages, lines, seen, next, open, told, arrived, isConnecting };
}

const waits = (lines: readonly string[]) => lines.filter((line) => line.includes('againInS')).map((line) => (JSON.parse(line) as { againInS: number }).againInS);

test('messages are handed on whole, although their bytes come torn', async (t) => {
  const { stream, open, arrived, messages, app } = await setUp(t);
  stream.start();
  const response = await open();
  const bytes = Buffer.from('{"data":{"text":"grüße 🦊"}}');
  for (const byte of bytes) response.write(Buffer.from([byte]));
  response.write('\r\n');
  response.write('\r\n');
  response.write('not json\r\n{"data":{"text":"two"},"errors":[{"detail":"author is suspended"}]}\r\n{"unknown":true}\r\n');
  await arrived(3);
  assert.deepEqual(messages.map((message) => (message['data'] as JsonRecord | undefined)?.['text']), ['grüße 🦊', 'two', undefined]);
  assert.equal(app.prepared, 1);
});

test('30 s without a heartbeat end the connection, and a heartbeat in time keeps it', async (t) => {
  const { stream, open, clock, arrived, told, lines } = await setUp(t);
  stream.start();
  const response = await open();
  response.write('{"n":1}\r\n');
  await arrived(1);
  clock.advance(29_000);
  response.write('\r\n{"n":2}\r\n');
  await arrived(2);
  clock.advance(29_000);
  assert.deepEqual(waits(lines), []);
  clock.advance(1_000);
  await told(1);
  assert.match(lines.join('\n'), /nothing came for 30 s/);
});

test('a server that never answers is given up after 30 s', async (t) => {
  const { stream, next, clock, told, lines } = await setUp(t);
  stream.start();
  await next();
  clock.advance(30_000);
  await told(1);
  assert.deepEqual(waits(lines), [1]);
});

test('a server that accepts and closes is not hammered: 1, 5, 10 s; a healthy minute forgets it', async (t) => {
  const { stream, open, clock, told, lines, isConnecting, arrived } = await setUp(t);
  stream.start();
  for (const [index, waitMs] of [1_000, 5_000, 10_000].entries()) {
    (await open()).end();
    await told(index + 1);
    clock.advance(waitMs - 1);
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    assert.equal(isConnecting(), false);
    clock.advance(1);
  }
  const response = await open();
  for (let n = 1; n <= 3; n += 1) {
    response.write('{}\r\n');
    await arrived(n);
    clock.advance(20_000);
  }
  response.end();
  await told(4);
  assert.deepEqual(waits(lines), [1, 5, 10, 1]);
});

test('an error in the stream ends the connection with its sentence', async (t) => {
  const { stream, open, told, lines, messages } = await setUp(t);
  stream.start();
  (await open()).write('{"errors":[{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect","detail":"This stream has been disconnected upstream"}]}\r\n');
  await told(1);
  assert.match(lines.join('\n'), /disconnected upstream/);
  assert.deepEqual(messages, []);
});

const TOO_MANY = JSON.stringify({ title: 'ConnectionException', detail: 'This stream is currently at the maximum allowed connection limit.', connection_issue: 'TooManyConnections' });

test('after three refusals for too many connections all connections of the app are closed', async (t) => {
  const { stream, next, clock, told, app, lines } = await setUp(t);
  stream.start();
  for (const [index, waitMs] of [60_000, 120_000, 60_000].entries()) {
    assert.equal(app.closed, 0);
    (await next()).writeHead(429, { 'content-type': 'application/problem+json' }).end(TOO_MANY);
    await told(index + 1);
    clock.advance(waitMs);
  }
  assert.equal(app.closed, 1);
  assert.deepEqual(waits(lines), [60, 120, 60]);
});

test('a 429 for the number of connects waits until X said', async (t) => {
  const { stream, next, clock, told, lines } = await setUp(t);
  stream.start();
  const reset = String(Math.ceil(clock.now() / 1000) + 700);
  (await next()).writeHead(429, { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset }).end('{}');
  await told(1);
  assert.deepEqual(waits(lines), [700]);
});

test('401 fetches another token, 409 sets the rules again', async (t) => {
  const { stream, next, open, clock, told, seen, app } = await setUp(t);
  stream.start();
  (await next()).writeHead(401).end('{"title":"Unauthorized"}');
  await told(1);
  clock.advance(5_000);
  (await next()).writeHead(409).end('{"title":"ConnectionException","connection_issue":"RuleConfigurationIssue"}');
  await told(2);
  clock.advance(10_000);
  await open();
  assert.deepEqual(seen, ['Bearer token0', 'Bearer token1', 'Bearer token1']);
  assert.equal(app.prepared, 2);
});

test('402 and 403 wait for the operator, with an error in the log', async (t) => {
  const { stream, next, clock, told, lines } = await setUp(t);
  stream.start();
  (await next()).writeHead(402).end('{"title":"CreditsDepleted","detail":"no credits"}');
  await told(1);
  clock.advance(900_000);
  (await next()).writeHead(403).end('{"title":"Client Forbidden","type":"https://api.x.com/2/problems/client-forbidden"}');
  await told(2);
  assert.deepEqual(waits(lines), [900, 900]);
  assert.equal(lines.filter((line) => line.includes('"error"')).length, 2);
});

test('a token that cannot be had is waited for like any other trouble', async (t) => {
  const { stream, clock, told, app, lines, open } = await setUp(t);
  app.failure = new XFailure('unavailable', 'X answered 503', { status: 503 });
  stream.start();
  await told(1);
  app.failure = undefined;
  clock.advance(5_000);
  await open();
  assert.deepEqual(waits(lines), [5]);
});

test('stop closes the connection, and a connect under way too', async (t) => {
  const first = await setUp(t);
  first.stream.start();
  const response = await first.open();
  const closed = new Promise((resolve) => response.on('close', resolve));
  await first.stream.stop();
  await closed;
  assert.equal(first.clock.armed, 0);

  const second = await setUp(t);
  second.stream.start();
  const unanswered = await second.next();
  const cut = new Promise((resolve) => unanswered.on('close', resolve));
  await second.stream.stop();
  await cut;
  assert.equal(second.clock.armed, 0);
});

test('the token is in no log line', async (t) => {
  const { stream, next, told, lines } = await setUp(t);
  stream.start();
  (await next()).destroy();
  await told(1);
  assert.doesNotMatch(lines.join('\n'), /token0|authorization/i);
});
