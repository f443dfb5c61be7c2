/** Calls at a time, with processes killed before, at and after it: they ring once, in time or a little late, or the user is told. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { Gate, Hold } from '../db/gate.ts';
import { until } from '../jobs/until.ts';
import { withBackends, type Backend } from './backends.ts';
import { Scene, type Couple, type Ending } from './scene.ts';

const TALKED: Ending = { state: 'ended', caller: 1, callee: 1 };
const INTERRUPTED = /^The call to .* was interrupted on our side\. Write again if you still want it/;
const MISSED = /^Missed: the call to @\w+ \(1\) was due .*, and I was not there/;
/** From its time to the ring, when nothing is in the way: a job, a claim, an INVITE, on a machine that does other things too. */
const PROMPT_MS = 5_000;
/** From the post to the time. */
const AHEAD_MS = 60_000;
/** Between the first one and the others of a test. */
const APART_MS = 10_000;

const backends = { worker: await withBackends(), sip: await withBackends(), all: await withBackends(), away: await withBackends(), emptied: (await withBackends())[0]! };

const begin = (t: TestContext, { url, db, redis }: Backend, set: readonly string[] = []) => Scene.start(t, { databaseUrl: url, db, redisUrl: redis?.url, set });

/** Asks for a call in one minute and gives the time that was made of it. */
async function askForLater(couple: Couple): Promise<number> {
  await couple.ask('in 1 minute');
  const { next_at: next } = await couple.schedule();
  return next!.getTime();
}

async function waitUntil(atMs: number): Promise<void> {
  await until(`it is ${new Date(atMs).toISOString()}`, () => Date.now() >= atMs, AHEAD_MS * 2);
}

/** Rings not before its time, and soon after it. */
async function ringsInTime(couple: Couple, dueMs: number): Promise<void> {
  await couple.rings();
  const lateMs = Date.now() - dueMs;
  assert.ok(lateMs >= 0 && lateMs < PROMPT_MS, `${couple.user} rings ${lateMs} ms after the time`);
}

async function runsOf(scene: Scene, couple: Couple): Promise<readonly string[]> {
  const { id, state } = await couple.schedule();
  assert.equal(state, 'done');
  return (await scene.db('schedule_runs').where({ schedule_id: id })).map((run: { state: string }) => run.state);
}

/** Services beside each other: each is four processes, which wait most of the time, but start and die at the same times. */
const AT_ONCE = 3;

describe('kill -9 on the way from a schedule to a call', { concurrency: AT_ONCE }, () => {
  for (const victim of ['worker', 'all'] as const) {
    for (const backend of backends[victim]) {
      test(`of ${victim === 'all' ? 'every process' : 'the worker process'}, queue on ${backend.name}`, async (t) => {
        const { db } = backend;
        const scene = await begin(t, backend);
        const kill = async () => {
          if (victim === 'worker') return scene.stack.kill('worker');
          return scene.stack.killAll();
        };
        const revive = () => (victim === 'all' ? scene.startAgain() : undefined);
        const [before, during, committed] = [await scene.couple('before'), await scene.couple('during'), await scene.couple('after')];

        const dueMs = await askForLater(before);
        await waitUntil(dueMs - AHEAD_MS + APART_MS);
        await askForLater(during);
        const lastMs = await askForLater(committed);
        await scene.quiet();
        await kill();
        await revive();
        await ringsInTime(before, dueMs);
        await before.goTo('ended');

        const { id } = await during.schedule();
        const gate = await Gate.close(t, db, { before: 'insert on schedule_runs', when: `new.schedule_id = ${id}` });
        const hold = await Hold.table(t, db, 'sip_messages');
        await waitUntil(lastMs);
        await gate.reached();
        await committed.isIn('planned');
        await kill();
        await gate.release();
        await hold.release();
        await revive();

        await Promise.all([during.goTo('ended'), committed.goTo('ended')]);
        await scene.quiet();
        const steps = { 'before its time': before, 'at its time, before anything of it is committed': during, 'when the call is planned, and no job says so': committed };
        for (const [name, couple] of Object.entries(steps)) {
          await t.test(name, async () => {
            await couple.ended(TALKED);
            assert.deepEqual(await runsOf(scene, couple), ['fired']);
          });
        }
      });
    }
  }

  for (const backend of backends.sip) {
    test(`of the SIP process, queue on ${backend.name}`, async (t) => {
      const scene = await begin(t, backend);
      const [before, claimed, ringing] = [await scene.couple('before'), await scene.couple('claimed'), await scene.couple('ringing')];
      const gate = await Gate.close(t, backend.db, { before: 'update on calls', when: `new.sipuser = '${claimed.user}' and new.state = 'claimed'` });
      const dueMs = await askForLater(before);
      await waitUntil(dueMs - AHEAD_MS + APART_MS);
      await askForLater(ringing);
      await askForLater(claimed);

      await waitUntil(dueMs - 300);
      await scene.stack.kill('sip');
      await before.goTo('connected');
      await ringing.goTo('ringing');
      await gate.reached();
      await scene.stack.kill('sip');
      await gate.release();
      await scene.quiet();

      await t.test('just before its time', () => before.ended({ state: 'interrupted', caller: 1, callee: 1, told: /^The call to .* lost its guide here/ }));
      await t.test('while the phone rings', () => ringing.ended({ state: 'interrupted', caller: 1, callee: 0, told: INTERRUPTED }));
      await t.test('while the call is being claimed', () => claimed.ended({ state: 'interrupted', caller: 0, callee: 0, told: INTERRUPTED }));
    });
  }
});

describe('away at the time', { concurrency: true }, () => {
  for (const backend of backends.away) {
    test(`everything is down, queue on ${backend.name}: within the grace it rings late, behind it the user is told; both once`, async (t) => {
      const scene = await begin(t, backend, ['calls.graceMs=120000']);
      const [late, missed] = [await scene.couple('late'), await scene.couple('missed')];
      await until('the registrations are in the database', async () => (await backend.db('location').select('ruid')).length === 4);
      await askForLater(late);
      await askForLater(missed);
      await scene.quiet();
      await scene.stack.killAll();
      // As if we had been away for longer than a test may last: their times came and went.
      const pastMs = { late: Date.now() - 30_000, missed: Date.now() - 121_000 };
      for (const [couple, atMs] of [[late, pastMs.late], [missed, pastMs.missed]] as const) {
        await backend.db('schedules').where({ id: (await couple.schedule()).id }).update({ next_at: new Date(atMs) });
      }
      await scene.startAgain();
      await late.goTo('ended');
      await until('the miss is told', async () => (await scene.stack.inbox(missed.user)).length > 0);
      await scene.quiet();
      await late.ended(TALKED);
      await missed.wasTold(MISSED);
      assert.equal(await missed.call(), undefined);
      assert.deepEqual([await runsOf(scene, late), await runsOf(scene, missed)], [['fired'], ['missed']]);
    });
  }

  test('Redis is emptied between the post and the time: it rings in time, once', async (t) => {
    const scene = await begin(t, backends.emptied);
    const couple = await scene.couple('redis');
    const dueMs = await askForLater(couple);
    await scene.quiet();
    await backends.emptied.redis!.empty();
    await ringsInTime(couple, dueMs);
    await couple.goTo('ended');
    await scene.quiet();
    await couple.ended(TALKED);
  });
});
