/**
 * A worker that dies at each step of its way, and another one that gets its job. Death is a call that
 * never ends, before or behind its effect: what the dead worker knew is gone, what it did is not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missedCall } from '../../../src/jobs/contract/missed-call.ts';
import type { JobSink } from '../../../src/jobs/queue.ts';
import type { Ledger } from '../../../src/workers/delivery/ports.ts';
import type { XSending } from '../../../src/workers/delivery/paced-x.ts';
import { missed, playOut, portOf, runningJob, stage, type Stage } from './stage.ts';

const event = missed();

/** Ends the worker at a call: `reached` resolves there, the call never does. */
class Death {
  readonly reached: Promise<void>;
  #reach!: () => void;

  constructor() {
    this.reached = new Promise((resolve) => (this.#reach = resolve));
  }

  before(): Promise<never> {
    this.#reach();
    return new Promise<never>(() => undefined);
  }

  async after(effect: Promise<unknown>): Promise<never> {
    await effect;
    return this.before();
  }
}

interface Parts {
  readonly ledger: Ledger;
  readonly x: XSending;
  readonly jobs: JobSink;
}

/** Steps of the way, and what a worker is made of that dies there. */
const DEATHS: Record<string, (s: Stage, death: Death) => Partial<Parts>> = {
  'before it looks the X user up': (s, death) => ({ x: portOf(s, { findUserByName: () => death.before() }) }),
  'before it plans and claims': (s, death) => ({ ledger: ledgerOf(s, { planAndClaim: () => death.before() }) }),
  'when it has planned and claimed': (s, death) => ({
    ledger: ledgerOf(s, { planAndClaim: (effect, claim) => death.after(s.ledger.planAndClaim(effect, claim)) }),
  }),
  'before it claims what another has planned': (s, death) => ({
    ledger: ledgerOf(s, { ...plannedMeanwhile(s), claim: () => death.before() }),
  }),
  'when it has claimed what another has planned': (s, death) => ({
    ledger: ledgerOf(s, { ...plannedMeanwhile(s), claim: (id, channel) => death.after(s.ledger.claim(id, channel)) }),
  }),
  'before it sends': (s, death) => ({ x: portOf(s, { sendDirectMessage: () => death.before() }) }),
  'when it has sent': (s, death) => ({
    x: portOf(s, { sendDirectMessage: (message) => death.after(s.x.sendDirectMessage(message)) }),
  }),
  'before it records': (s, death) => ({ ledger: ledgerOf(s, { finish: () => death.before() }) }),
  'when it has recorded': (s, death) => ({
    ledger: ledgerOf(s, { finish: (claim, outcome) => death.after(s.ledger.finish(claim, outcome)) }),
  }),
  'before it tells the result': (_s, death) => ({ jobs: { addBatch: () => death.before() } }),
  'when it has told the result': (s, death) => ({ jobs: { addBatch: (jobs) => death.after(s.queue.addBatch(jobs)) } }),
};

for (const [step, partsOf] of Object.entries(DEATHS)) {
  test(`a worker that dies ${step}: the next one makes it one message and one result`, async (t) => {
    const s = await stage(t);
    await dieAt(s, (death) => partsOf(s, death));
    await playOut(s, s.processor(), event);
    await assertOnce(s);
  });

  test(`a worker that dies ${step}, and so do two more at the same step`, async (t) => {
    const s = await stage(t);
    await dieAt(s, (death) => partsOf(s, death));
    for (let again = 0; again < 2; again += 1) {
      s.clock.advance(120_000);
      const death = new Death();
      // Not every death comes a second time: what was planned or found is not planned or sent again.
      await Promise.race([death.reached, s.processor(partsOf(s, death)).handle(runningJob(event))]);
    }
    await playOut(s, s.processor(), event);
    await assertOnce(s);
  });
}

test('the next worker dies too, when it has taken the message over and before it sends again', async (t) => {
  const s = await stage(t);
  await dieAt(s, (death) => ({ x: portOf(s, { sendDirectMessage: () => death.before() }) }));
  s.clock.advance(120_000);
  await dieAt(s, (death) => ({ ledger: ledgerOf(s, { takeOver: (claim, ms) => death.after(s.ledger.takeOver(claim, ms)) }) }));
  s.clock.advance(120_000);
  await dieAt(s, (death) => ({ ledger: ledgerOf(s, { release: (claim, why) => death.after(s.ledger.release(claim, why)) }) }));
  await playOut(s, s.processor(), event);
  await assertOnce(s);
});

test('a worker that slept through a take-over cannot record what is not its own any more', async (t) => {
  const s = await stage(t);
  let wake!: () => void;
  const asleep = new Promise<void>((resolve) => (wake = resolve));
  const reached = new Death();
  const sleeper = s.processor({
    x: portOf(s, {
      sendDirectMessage: async (message) => {
        const sent = await s.x.sendDirectMessage(message);
        void reached.before();
        await asleep;
        return sent;
      },
    }),
  });
  const handling = sleeper.handle(runningJob(event));
  await reached.reached;
  s.clock.advance(120_000);
  await playOut(s, s.processor(), event);
  const { updatedAt, remoteId } = s.ledger.entries.get(event.eventId)!;
  wake();
  assert.equal((await handling).kind, 'retry-at');
  assert.deepEqual(s.ledger.entries.get(event.eventId)!.updatedAt, updatedAt);
  assert.equal(s.ledger.entries.get(event.eventId)!.remoteId, remoteId);
  await assertOnce(s);
});

test('a worker on its last attempt leaves the row to another one that is sending', async (t) => {
  const s = await stage(t);
  await playOut(s, s.processor(), missed({ eventId: 'before' }));
  s.queue.added.length = 0;
  let letGo!: () => void;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let sending!: () => void;
  const begun = new Promise<void>((resolve) => (sending = resolve));
  const slow = s.processor({
    x: portOf(s, {
      async sendDirectMessage(message) {
        sending();
        await gate;
        return s.x.sendDirectMessage(message);
      },
    }),
  });
  const handling = slow.handle(runningJob(event));
  await begun;
  const failing = s.processor({
    ledger: ledgerOf(s, { planAndClaim: () => Promise.reject(new Error('a bug')) }),
  });
  const outcome = await failing.handle(runningJob(event, missedCall.retry.attempts));
  assert.equal(outcome.kind, 'retry-at');
  letGo();
  assert.deepEqual(await handling, { kind: 'done' });
  assert.deepEqual(s.results().map(({ state }) => state), ['done']);
});

test('a job that comes to five workers at once is sent by one', async (t) => {
  const s = await stage(t);
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => s.processor().handle(runningJob(event))));
  assert.equal(outcomes.filter(({ kind }) => kind === 'done').length >= 1, true);
  await playOut(s, s.processor(), event);
  await assertOnce(s);
});

test('a job that comes again a day later tells its result again and sends nothing', async (t) => {
  const s = await stage(t);
  await playOut(s, s.processor(), event);
  const [first] = s.results();
  s.queue.added.length = 0;
  s.clock.advance(1_000_000);
  await playOut(s, s.processor(), event);
  assert.deepEqual(s.results(), [first]);
  await assertOnce(s);
});

async function dieAt(s: Stage, partsOf: (death: Death) => Partial<Parts>): Promise<void> {
  const death = new Death();
  const handling = s.processor(partsOf(death)).handle(runningJob(event));
  await Promise.race([death.reached, handling.then(({ kind }) => assert.fail(`It came to ${kind} instead of dying`))]);
}

async function assertOnce(s: Stage): Promise<void> {
  const inbox = await s.control.inbox('bob_example');
  assert.equal(inbox.length, 1);
  const row = s.ledger.entries.get(event.eventId)!;
  assert.deepEqual([row.state, row.remoteId], ['done', inbox[0]!.id]);
  assert.deepEqual(s.results().map(({ eventId, state, remoteId }) => [eventId, state, remoteId]), [[event.eventId, 'done', inbox[0]!.id]]);
}

/** Another worker has entered the event between the question for it and the answer. */
function plannedMeanwhile({ ledger }: Stage): Pick<Ledger, 'planAndClaim'> {
  return { planAndClaim: async (effect) => void (await ledger.plan(effect)) };
}

function ledgerOf({ ledger }: Stage, change: Partial<Ledger>): Ledger {
  return {
    find: (id) => ledger.find(id),
    plan: (effect) => ledger.plan(effect),
    planAndClaim: (effect, claim) => ledger.planAndClaim(effect, claim),
    claim: (id, channel) => ledger.claim(id, channel),
    takeOver: (claim, olderThanMs) => ledger.takeOver(claim, olderThanMs),
    release: (claim, reason) => ledger.release(claim, reason),
    refuse: (claim, channel, reason) => ledger.refuse(claim, channel, reason),
    putOff: (id, until, reason) => ledger.putOff(id, until, reason),
    finish: (claim, outcome) => ledger.finish(claim, outcome),
    unsentBefore: (id, freshMs) => ledger.unsentBefore(id, freshMs),
    countBefore: (id, windowMs) => ledger.countBefore(id, windowMs),
    ...change,
  };
}
