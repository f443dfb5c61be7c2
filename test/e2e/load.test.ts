/** 1,000 mentions at once from 50 users, with X's limits on: its quarter of an hour passes in a few seconds here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../jobs/until.ts';
import { withBackends } from './backends.ts';
import { Scene } from './scene.ts';
import { onX } from './stack.ts';

const USERS = 50;
const POSTS = 1_000;
/** X lets one account post 100 times in 15 minutes, which are 3 s here. */
const LIMIT_SPEED = 300;
const POSTS_PER_WINDOW = 100;
const WINDOW_MS = 900_000 / LIMIT_SPEED;
const CONCURRENCY = 5;
/** X shows no more than the newest 800 mentions to who comes to read them. */
const SHOWN = 750;
/** Four times what 1,000 replies need at the least. */
const ANSWERED_MS = 4 * (POSTS / POSTS_PER_WINDOW) * WINDOW_MS;

/** What a user writes one after the other: what is understood, what is not, and what is refused. */
const WISHES = ['list', 'timezone Europe/Berlin', 'remind me tomorrow at 9 to call mum', 'help', 'flurbl the wumpus', 'call 112', 'call @nobody_knows', 'language en', 'dnd off', 'cancel 77'];

for (const { name, redis, url, db } of await withBackends()) {
  test(`queue on ${name}: all are answered, each once, each user's in the order in which he wrote, and X is not run into its limits`, async (t) => {
    const set = ['x.pollMs=1000', 'x.messagePollMs=1000', 'x.dailyBudgetUsd=0', 'calls.commandsPerMinute=1000', 'calls.commandsPerHour=1000', `worker.concurrency=${CONCURRENCY}`];
    const scene = await Scene.start(t, { databaseUrl: url, db, redisUrl: redis?.url, set });
    const { sandbox } = scene.stack;
    const users = Array.from({ length: USERS }, (_, index) => `user${index}`);
    for (const user of users) await scene.linked(user);
    await sandbox.setLimits(true);
    await sandbox.setLimitSpeed(LIMIT_SPEED);

    const startMs = Date.now();
    const written = new Map<string, string[]>(users.map((user) => [onX(user), []]));
    for (let index = 0; index < POSTS; index += 1) {
      if (index === SHOWN) await until('the first ones are read', async () => (await db('commands').select('id')).length === SHOWN);
      const from = onX(users[index % USERS]!);
      const wish = WISHES[Math.floor(index / USERS + index) % WISHES.length]!;
      const { id } = await sandbox.postAs({ from, text: `@sipweet ${wish}${wish.startsWith('flurbl') ? ` ${index}` : ''}` });
      written.get(from)!.push(id);
    }
    const writtenMs = Date.now() - startMs;
    assert.ok(writtenMs < 60_000, `1,000 posts took ${writtenMs} ms`);

    const answered = async () => (await sandbox.posts()).flatMap(({ replyToId }) => replyToId ?? []);
    let count = 0;
    await until('every post has an answer', async () => (count = (await db('ledger').where({ kind: 'answer', state: 'done' })).length) >= POSTS, ANSWERED_MS).catch(async (thrown: unknown) => {
      const states = await db('ledger').select('state', 'reason', 'not_before').count('id').where({ kind: 'answer' }).groupBy('state', 'reason', 'not_before');
      throw new Error(`${(thrown as Error).message}; ${count} have; it is ${new Date().toISOString()}, and there are ${JSON.stringify(states)}\n${scene.stack.service.stdout.slice(-2_000)}`);
    });
    const tookMs = Date.now() - startMs;
    await scene.quiet();

    const replies = await answered();
    assert.equal(replies.length, POSTS);
    for (const [author, ids] of written) {
      const own = new Set(ids);
      assert.deepEqual(replies.filter((id) => own.has(id)), ids, `answers to ${author} in their order, each once`);
    }
    const refused = (await sandbox.requests()).filter(({ status }) => status === 429);
    const windows = Math.ceil(tookMs / WINDOW_MS) + 1;
    t.diagnostic(`${name}: written in ${writtenMs} ms, answered in ${tookMs} ms; ${refused.length} requests were refused for their rate in ${windows} windows`);
    assert.ok(refused.length <= windows * CONCURRENCY, `${refused.length} requests were refused for their rate in ${windows} windows`);
  });
}
