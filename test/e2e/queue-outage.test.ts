/**
 * The queue is away for 20 seconds while 200 calls are missed. On Redis the server is killed and comes
 * back with what it had on disk. On PostgreSQL the queue is in the database of the service, so all of
 * that is cut off: logins, the ledger and the tables too. SIP lives on what it has in memory.
 */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { UserAgent } from '../../src/ua/user-agent.ts';
import { Forwarder } from '../jobs/forwarder.ts';
import { withBackends, type Backend } from './backends.ts';
import { Stack } from './stack.ts';

const OUTAGE_MS = 20_000;
const CALLS = 200;
const CALLEES = 10;
/** An answer that takes longer than this has waited for something. */
const ANSWER_MS = 1_000;
const RECOVERY_MS = 60_000;

const backends = await withBackends();

describe('20 s without the queue', { concurrency: true }, () => {
  for (const backend of backends) {
    test(`${backend.name}: 200 missed calls of that time are 200 messages after it, none twice; every call is answered at once`, async (t) => {
      const outage = await breakable(t, backend);
      // Each call is told by itself here, also when one person misses dozens.
      const stack = await Stack.start(t, { databaseUrl: outage.databaseUrl, db: backend.db, redisUrl: backend.redis?.url, set: ['x.stormMessages=1000'] });
      const callees = Array.from({ length: CALLEES }, (_, index) => `callee${index}`);
      for (const user of ['alice', ...callees]) await stack.addUser(user);
      // Logs in for the first time: what the service knows of her is kept for 30 s, longer than the outage.
      const alice = await stack.registeredPhone('alice');

      await outage.begin();
      const callIds = await missCalls(alice, callees);
      assert.equal((await stack.deliveries()).length, 0);
      await outage.end();

      const all = await stack.delivered(CALLS, RECOVERY_MS);
      assert.deepEqual(all.map(({ callId }) => callId).sort(), callIds.sort());
      const messages = await Promise.all(callees.map((callee) => stack.inbox(callee)));
      assert.deepEqual(messages.map(({ length }) => length), callees.map(() => CALLS / CALLEES));
      assert.equal(new Set(messages.flat()).size, CALLS);
      const posted = (await stack.sandbox.requests()).filter(({ method, target }) => method === 'POST' && target.startsWith('/2/dm_conversations'));
      assert.equal(posted.length, CALLS, 'no message was even tried twice');
    });
  }
});

/** Calls to people without a phone, spread over the time of the outage. Gives their Call-IDs. */
async function missCalls(alice: UserAgent, callees: readonly string[]): Promise<string[]> {
  const callIds: string[] = [];
  const startMs = performance.now();
  for (let index = 0; index < CALLS; index += 1) {
    await pause(Math.max(0, startMs + (index * OUTAGE_MS) / CALLS - performance.now()));
    const calledMs = performance.now();
    const call = alice.call(`sip:${callees[index % CALLEES]}@example.com`);
    assert.equal(await call.ended, 480);
    const tookMs = performance.now() - calledMs;
    assert.ok(tookMs < ANSWER_MS, `the answer took ${tookMs} ms`);
    callIds.push(call.callId);
  }
  await pause(Math.max(0, startMs + OUTAGE_MS - performance.now()));
  return callIds;
}

interface Outage {
  readonly databaseUrl: string;
  begin(): Promise<void>;
  end(): Promise<void>;
}

async function breakable(t: TestContext, { redis, url }: Backend): Promise<Outage> {
  if (redis !== undefined) return { databaseUrl: url, begin: () => redis.kill(), end: () => redis.start() };
  const target = new URL(url);
  const forwarder = new Forwarder();
  const open = () => forwarder.open(Number(target.port));
  await open();
  t.after(() => forwarder.close());
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(forwarder.port);
  return { databaseUrl: through.href, begin: () => forwarder.close(), end: open };
}
