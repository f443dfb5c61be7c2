/** From a post to the phones, with processes killed at each step on the way: one call, one answer, and nobody is left without word. */
import { describe, test, type TestContext } from 'node:test';
import { Gate, Hold, type GatePlace } from '../db/gate.ts';
import { until } from '../jobs/until.ts';
import { withBackends } from './backends.ts';
import { Scene, type Couple, type Ending } from './scene.ts';

type Victim = 'worker' | 'sip' | 'all';

interface Step {
  readonly name: string;
  /** Who may be killed here; at the other steps it is as if nobody was. */
  readonly victims: readonly Victim[];
  /** Where somebody is stopped for that. */
  readonly gate?: (couple: Couple) => GatePlace;
  /** Brings the couple there, as far as the gate, and gives what else is to be let go after the kill. */
  readonly bring: (couple: Couple, parts: { readonly scene: Scene; readonly t: TestContext }) => Promise<Hold | undefined>;
  /** How it ends when the SIP process died; otherwise the two talk and hang up. */
  readonly withoutSip?: Ending;
  /** No call was asked for, only an answer. */
  readonly isAnswer?: true;
}

const INTERRUPTED = /^The call to .* was interrupted on our side\. Write again if you still want it/;
const TALKED: Ending = { state: 'ended', caller: 1, callee: 1 };

/** In the order in which they are brought about: the later ones stop the SIP process, and hold up everybody else's jobs. */
const STEPS: readonly Step[] = [
  {
    name: 'the phone of who asked rings',
    victims: ['worker', 'sip', 'all'],
    async bring(couple) {
      await couple.ask();
      await couple.goTo('ringing');
      return undefined;
    },
    withoutSip: { state: 'interrupted', caller: 1, callee: 0, told: INTERRUPTED },
  },
  {
    name: 'the other side rings',
    victims: ['worker', 'sip', 'all'],
    async bring(couple) {
      await couple.ask();
      await couple.goTo('answered');
      return undefined;
    },
    withoutSip: { state: 'interrupted', caller: 1, callee: 1, told: INTERRUPTED },
  },
  {
    name: 'the two talk',
    victims: ['worker', 'sip', 'all'],
    async bring(couple) {
      await couple.ask();
      await couple.goTo('connected');
      return undefined;
    },
    withoutSip: { state: 'interrupted', caller: 1, callee: 1, told: /^The call to .* lost its guide here; should it still go on, hang up when you are done/ },
  },
  {
    name: 'X has the answer, and nobody has noted it',
    victims: ['worker', 'all'],
    isAnswer: true,
    async bring(couple, { scene }) {
      await until('no other answer is under way', async () => (await scene.db('ledger').whereNot({ state: 'done' })).length === 0);
      await scene.stack.sandbox.fault({ kind: 'hang-after-accept', method: 'POST', path: '/2/tweets' });
      const post = await couple.post('list');
      await until('X has the answer', async () => (await scene.stack.sandbox.posts()).some(({ replyToId }) => replyToId === post));
      return undefined;
    },
  },
  {
    name: 'the command is received',
    victims: ['worker', 'all'],
    async bring(couple, { scene, t }) {
      const hold = await Hold.author(t, scene.db, couple.xUserId);
      await couple.ask();
      await until('it is received', async () => (await scene.db('commands').where({ author_id: couple.xUserId, state: 'received' })).length === 1);
      return hold;
    },
  },
  {
    name: 'the answer is being claimed, which comes into force when its worker is dead',
    victims: ['worker', 'all'],
    isAnswer: true,
    gate: ({ xUserId }) => ({ before: 'update on ledger', when: `new.recipient = '${xUserId}' and new.state = 'sending'` }),
    async bring(couple) {
      await couple.post('list');
      return undefined;
    },
  },
  {
    name: 'the call is being claimed, which comes into force when its SIP process is dead',
    victims: ['sip', 'all'],
    gate: ({ user }) => ({ before: 'update on calls', when: `new.sipuser = '${user}' and new.state = 'claimed'` }),
    async bring(couple) {
      await couple.ask();
      return undefined;
    },
    withoutSip: { state: 'interrupted', caller: 0, callee: 0, told: INTERRUPTED },
  },
  {
    name: 'the call waits in the queue of the SIP process',
    victims: ['sip', 'all'],
    async bring(couple, { scene }) {
      process.kill(await scene.stack.pidOf('sip'), 'SIGSTOP');
      await couple.ask();
      await couple.isIn('planned');
      await until('its answer is out, so its job is too', async () => (await scene.db('ledger').where({ sipuser: couple.user, state: 'done' })).length === 1);
      return undefined;
    },
    withoutSip: TALKED,
  },
  {
    name: 'the call is planned, and no job says so',
    victims: ['worker', 'all'],
    async bring(couple, { scene, t }) {
      // What waits is asked for between the commit and the jobs, in this table too.
      const hold = await Hold.table(t, scene.db, 'sip_messages');
      await couple.ask();
      await couple.isIn('planned');
      return hold;
    },
    withoutSip: TALKED,
  },
  {
    name: 'the command is carried out, and nothing of it committed',
    victims: ['worker', 'all'],
    gate: ({ xUserId }) => ({ before: 'update on commands', when: `new.author_id = '${xUserId}'` }),
    // Last: its transaction has the lock under which calls are counted, so nobody else's call is planned meanwhile.
    async bring(couple) {
      await couple.ask();
      return undefined;
    },
  },
];

const backends = { worker: await withBackends(), sip: await withBackends(), all: await withBackends() };

describe('kill -9 on the way from a post to a call', { concurrency: true }, () => {
  for (const victim of ['worker', 'sip', 'all'] as const) {
    const steps = STEPS.filter(({ victims }) => victims.includes(victim));
    for (const { name, redis, url, db } of backends[victim]) {
      test(`${victim === 'all' ? 'of every process' : `of the ${victim} process`}, queue on ${name}`, async (t) => {
        const scene = await Scene.start(t, { databaseUrl: url, db, redisUrl: redis?.url });
        const couples: Couple[] = [];
        for (let index = 0; index < steps.length; index += 1) couples.push(await scene.couple(`pair${index}`));
        const gates: (Gate | undefined)[] = [];
        for (const [index, { gate }] of steps.entries()) gates.push(gate && (await Gate.close(t, db, gate(couples[index]!))));
        const holds: (Hold | undefined)[] = [];
        for (const [index, { bring }] of steps.entries()) {
          holds.push(await bring(couples[index]!, { scene, t }));
          await gates[index]?.reached();
        }

        if (victim === 'all') await scene.stack.killAll();
        else await scene.stack.kill(victim);
        for (const one of [...gates, ...holds]) await one?.release();
        if (victim === 'all') await scene.startAgain();

        const endings = steps.map(({ isAnswer, withoutSip }) => (isAnswer ? undefined : victim === 'worker' ? TALKED : (withoutSip ?? TALKED)));
        await Promise.all(endings.map((ending, index) => (ending === TALKED ? couples[index]!.goTo('ended') : undefined)));
        await scene.quiet();
        for (const [index, step] of steps.entries()) {
          await t.test(`while ${step.name}`, () => (endings[index] === undefined ? couples[index]!.wasTold() : couples[index]!.ended(endings[index])));
        }
      });
    }
  }
});
