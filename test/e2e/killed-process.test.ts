/** kill -9 of one process of a running service. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { UserAgent } from '../../src/ua/user-agent.ts';
import { until } from '../jobs/until.ts';
import { withBackends } from './backends.ts';
import { CallWaiter, Stack } from './stack.ts';

const backends = await withBackends();

/** A job of a dead worker is seen again when its lock of 30 s has gone by two checks, 30 s apart at most. */
const TAKEN_OVER_MS = 90_000;
const DM_MS = 20_000;
/** Where direct messages are sent. */
const MESSAGES = '/2/dm_conversations';
/** An answer that is read this soon after the kill was on its way before it: the successor is started after 200 ms and has to load first. */
const SUCCESSOR_ANSWERS_MS = 700;

describe('kill -9', { concurrency: true }, () => {
  for (const { name, redis, url, db } of backends) {
    test(`queue on ${name}`, async (t) => {
      // Each call is told by itself here, also when one person misses dozens.
      const stack = await Stack.start(t, { databaseUrl: url, db, redisUrl: redis?.url, set: ['x.stormMessages=1000'] });
      for (const user of ['alice', 'bob', 'carol']) await stack.addUser(user);
      const alice = await stack.registeredPhone('alice');
      const waiter = new CallWaiter();
      const bob = await stack.registeredPhone('bob', waiter.onCall);
      await until('the registrations are in the database', async () => (await db('location').select('ruid')).length === 2);
      let first = '';

      await t.test('the worker while X has the message and has not answered: it is started again, and there is one message', async () => {
        await stack.sandbox.fault({ kind: 'hang-after-accept', method: 'POST', path: MESSAGES });
        const call = alice.call('sip:carol@example.com');
        assert.equal(await call.ended, 480);
        await until('the message is with X', async () => (await stack.sandbox.requests()).some(({ method, target }) => method === 'POST' && target.startsWith(MESSAGES)));
        const killed = await stack.kill('worker');
        assert.deepEqual(await stack.deliveries(), [{ callId: call.callId, ledger: 'sending', result: null }]);
        assert.notEqual(await stack.pidOf('worker'), killed);
        first = call.callId;
      });

      await t.test('the SIP process during 50 missed calls: see the comments for what is kept', async () => {
        const killed = await stack.pidOf('sip');
        const before = await inParallel(20, () => missCall(alice));
        // Once an event is on disk nothing loses it; these 20 are.
        await until('20 events are on disk or in the ledger', () => allNoted(stack, before));

        // Killed at the first answer to these, while the other calls are under way.
        const under = Array.from({ length: 15 }, () => missCall(alice));
        await Promise.race(under);
        process.kill(killed, 'SIGKILL');
        const killedMs = Date.now();
        // These are sent while it is dead or on its way up: the phone repeats its INVITE (§17.1.1.2),
        // and logs in anew where it is told that its nonce is stale.
        const [atKill, after] = await Promise.all([Promise.all(under), inParallel(15, () => missCall(alice))]);
        assert.notEqual(await stack.pidOf('sip'), killed);

        // An answer overtakes its event's way to the disk by some milliseconds. So the event of a call that was
        // answered by the killed process and is not known to be on disk may be lost; every other one must arrive.
        const all = [...before, ...atKill, ...after];
        const kept = all.filter(({ endedMs }, index) => index < before.length || endedMs > killedMs + SUCCESSOR_ANSWERS_MS);
        assert.ok(kept.length >= 35 && kept.length < 50);
        await until('every event that has to arrive has', async () => {
          const sent = new Set((await stack.deliveries()).filter(({ ledger }) => ledger === 'done').map(({ callId }) => callId));
          return kept.every(({ callId }) => sent.has(callId));
        }, DM_MS);
        await until('nothing is under way', async () => (await stack.deliveries()).every(({ callId, ledger }) => callId === first || ledger === 'done'), DM_MS);

        const delivered = (await stack.deliveries()).map(({ callId }) => callId).filter((callId) => callId !== first);
        assert.equal(new Set(delivered).size, delivered.length);
        assert.ok(delivered.every((callId) => all.some((call) => call.callId === callId)));
        const messages = (await stack.inbox('carol')).length - 1;
        assert.equal(messages, delivered.length, 'none is sent twice');
        t.diagnostic(`${name}: ${delivered.length} of 50 delivered; ${all.length - kept.length} had their answer just before the kill`);
      });

      await t.test('registrations outlive the SIP process: bob, who knows of nothing, rings', async () => {
        const call = alice.call(bob.addressOfRecord);
        const incoming = await waiter.call;
        incoming.answer();
        assert.equal(await call.ended, 200);
        assert.equal(await call.hangUp(), 200);
      });

      await t.test('the message of the killed worker ends as done: it was found with X, not sent again; every result is noted', async () => {
        // The killed SIP process too held jobs under locks: results that it had fetched ahead.
        await until('all is through', async () => (await stack.deliveries()).every(({ ledger, result }) => ledger === 'done' && result === 'done'), TAKEN_OVER_MS);
        assert.ok((await stack.deliveries()).some(({ callId }) => callId === first));
        assert.equal((await stack.inbox('carol')).length, (await stack.deliveries()).length);
      });
    });
  }
});

interface MissedCall {
  readonly callId: string;
  readonly endedMs: number;
}

/** Calls carol, who has no phone. */
async function missCall(alice: UserAgent): Promise<MissedCall> {
  const { callId, ended } = alice.call('sip:carol@example.com');
  assert.equal(await ended, 480);
  return { callId, endedMs: Date.now() };
}

function inParallel<Result>(count: number, work: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, work));
}

async function allNoted(stack: Stack, calls: readonly MissedCall[]): Promise<boolean> {
  const inLedger = new Set((await stack.deliveries()).map(({ callId }) => callId));
  const spool = join(stack.folder, '.sipweet', 'spool');
  const names = (await readdir(spool)).filter((name) => name.endsWith('.spool'));
  const onDisk = await Promise.all(names.map((name) => readFile(join(spool, name), 'latin1').catch(() => '')));
  return calls.every(({ callId }) => inLedger.has(callId) || onDisk.some((text) => text.includes(callId)));
}
