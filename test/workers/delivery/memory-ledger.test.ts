import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SystemClock } from '../../../src/base/system-clock.ts';
import { BatchedLedger } from '../../../src/db/batched-tables.ts';
import { DigestTable } from '../../../src/db/tables/digests.ts';
import { LedgerTable } from '../../../src/db/tables/ledger.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import type { Digests, Ledger } from '../../../src/workers/delivery/ports.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { MemoryLedger } from './memory-ledger.ts';

const { db } = await withDatabase();

interface Kind {
  readonly ledger: Ledger;
  readonly digests: Digests;
  /** Lets the entry become that much older. */
  age(id: string, ms: number): Promise<unknown>;
}

function memory(): Kind {
  const clock = new VirtualClock();
  const ledger = new MemoryLedger(clock);
  return { ledger, digests: ledger, age: async (_id, ms) => clock.advance(ms) };
}

const real = (): Kind => onDatabase(new LedgerTable(db));
// On real time: what is asked for during a statement waits for more, and nobody moves a clock here.
const batched = (): Kind => onDatabase(new BatchedLedger(db, new SystemClock()));

function onDatabase(ledger: Ledger): Kind {
  return {
    ledger,
    digests: new DigestTable(db),
    age: (id, ms) => db.raw('update ledger set updated_at = updated_at - make_interval(secs => ?) where id = ?', [ms / 1000, id]),
  };
}

const EFFECT = { kind: 'direct-message', recipient: '1001', content: 'text', callId: 'c@a' };

for (const [name, open] of [['the memory ledger', memory], ['the real ledger', real], ['the ledger of many jobs', batched]] as const) {
  test(`${name}: each step starts from its state and from the last claim, and from no other`, async () => {
    const { ledger, age } = open();
    const id = `steps of ${name}`;
    const state = (entry: { state: string; attempt: number } | undefined) => entry && `${entry.state} ${entry.attempt}`;
    assert.equal(await ledger.find(id), undefined);
    assert.equal(await ledger.claim(id), undefined);
    const planned = await ledger.plan({ ...EFFECT, id });
    assert.equal(state(planned), 'planned 0');
    assert.equal((await ledger.plan({ ...EFFECT, id, content: 'other' })).content, 'text');
    assert.equal(await ledger.release(planned, 'not claimed'), undefined);
    assert.equal(await ledger.takeOver(planned, 0), undefined);
    const first = (await ledger.claim(id))!;
    assert.equal(state(first), 'sending 1');
    assert.equal(await ledger.claim(id), undefined);
    assert.equal(await ledger.takeOver(first, 60_000), undefined);
    await age(id, 61_000);
    const second = (await ledger.takeOver(first, 60_000))!;
    assert.equal(state(second), 'sending 2');
    assert.equal(await ledger.takeOver(second, 60_000), undefined);
    assert.equal(await ledger.release(first, 'late'), undefined);
    assert.equal(await ledger.finish(first, { state: 'done' }), undefined);
    const released = (await ledger.release(second, 'why'))!;
    assert.deepEqual([state(released), released.reason], ['planned 2', 'why']);
    const third = (await ledger.claim(id))!;
    assert.deepEqual([state(third), third.reason], ['sending 3', undefined]);
    const done = (await ledger.finish(third, { state: 'done', remoteId: '7' }))!;
    assert.deepEqual([state(done), done.remoteId, done.callId], ['done 3', '7', 'c@a']);
    assert.equal(await ledger.finish(third, { state: 'refused' }), undefined);
    assert.equal(state(await ledger.find(id)), 'done 3');
  });

  test(`${name}: planned and claimed in one step once, and only planned in a storm`, async () => {
    const { ledger } = open();
    const first = { channel: 'dm', storm: { messages: 2, windowMs: 60_000 } };
    const begin = async (id: string, change: { sipUser?: string; kind?: string } = {}) => {
      const entry = await ledger.planAndClaim({ ...EFFECT, sipUser: `first of ${name}`, ...change, id: `first ${id} of ${name}` }, first);
      return entry && `${entry.state} ${entry.attempt} ${entry.channel}`;
    };
    assert.equal(await begin('a'), 'sending 1 dm');
    assert.equal(await begin('a'), undefined);
    assert.equal(await begin('b'), 'sending 1 dm');
    assert.equal(await begin('c'), 'planned 0 undefined');
    assert.equal(await begin('d', { sipUser: `another of ${name}` }), 'sending 1 dm');
    const { createdAt, attempt, content } = (await ledger.find(`first a of ${name}`))!;
    assert.deepEqual([attempt, content, createdAt instanceof Date], [1, 'text', true]);
    assert.equal((await ledger.finish({ id: `first a of ${name}`, attempt: 1 }, { state: 'done' }))?.state, 'done');
    assert.equal(await begin('a'), undefined);
  });

  test(`${name}: what was never claimed may end`, async () => {
    const { ledger } = open();
    const planned = await ledger.plan({ ...EFFECT, id: `end of ${name}` });
    const ended = await ledger.finish(planned, { state: 'refused', reason: 'nobody' });
    assert.deepEqual([ended?.state, ended?.reason, ended?.remoteId], ['refused', 'nobody', undefined]);
  });

  test(`${name}: a way that is closed is remembered, and the next claim names its own`, async () => {
    const { ledger } = open();
    const id = `ways of ${name}`;
    await ledger.plan({ ...EFFECT, id });
    const first = (await ledger.claim(id, 'dm'))!;
    const refused = (await ledger.refuse(first, 'dm', 'closed'))!;
    assert.deepEqual([refused.state, refused.channel, refused.reason, refused.refusals], ['planned', 'dm', 'closed', { dm: 'closed' }]);
    const second = (await ledger.claim(id, 'reply'))!;
    assert.equal(await ledger.refuse(first, 'reply', 'late'), undefined);
    assert.deepEqual([second.channel, (await ledger.refuse(second, 'reply', 'no'))!.refusals], ['reply', { dm: 'closed', reply: 'no' }]);
  });

  test(`${name}: answers have their turn, messages of a storm are counted`, async () => {
    const { ledger } = open();
    const own = { ...EFFECT, recipient: `turns of ${name}`, sipUser: `turns of ${name}` };
    for (const id of ['b', 'a']) await ledger.plan({ ...own, kind: 'answer', id: `${id} of ${name}` });
    assert.equal((await ledger.unsentBefore(`a of ${name}`, 60_000))?.id, `b of ${name}`);
    assert.equal(await ledger.unsentBefore(`b of ${name}`, 60_000), undefined);
    for (const id of ['d', 'c']) await ledger.plan({ ...own, id: `${id} of ${name}` });
    assert.deepEqual([await ledger.countBefore(`c of ${name}`, 60_000), await ledger.countBefore(`d of ${name}`, 60_000)], [1, 0]);
    const until = new Date(0);
    assert.deepEqual((await ledger.putOff(`b of ${name}`, until, 'why'))?.notBefore, until);
  });

  test(`${name}: a digest takes members until it is closed, and they end with it and not before`, async () => {
    const { ledger, digests } = open();
    const digest = { id: `digest of ${name}`, recipient: '1001', sipUser: 'bob', dueAt: new Date(1_800_000_000_000) };
    const ids = ['one', 'two', 'late'].map((id) => `${id} of ${name}`);
    for (const id of ids) await ledger.plan({ ...EFFECT, id });
    const [one, two, late] = ids as [string, string, string];
    const joined = (await digests.hold(one, digest, 'quiet'))!;
    assert.deepEqual([joined.state, joined.digestId, joined.notBefore, joined.reason], ['planned', digest.id, digest.dueAt, 'quiet']);
    assert.equal(await digests.hold(one, digest, 'twice'), undefined);
    await digests.hold(two, digest, 'quiet');
    assert.equal(await ledger.claim(one), undefined);
    assert.equal(await ledger.finish(joined, { state: 'refused' }), undefined);

    const texts = (members: readonly { id: string }[]) => members.map(({ id }) => id).join(', ');
    const closed = (await digests.close(digest.id, texts))!;
    assert.deepEqual([closed.kind, closed.state, closed.content, closed.sipUser], ['digest', 'planned', `${one}, ${two}`, 'bob']);
    assert.equal((await digests.close(digest.id, () => 'other'))!.content, closed.content);
    assert.equal(await digests.hold(late, digest, 'too late'), undefined);
    assert.equal((await ledger.find(late))!.digestId, undefined);

    const claim = (await ledger.claim(digest.id, 'dm'))!;
    await ledger.finish(claim, { state: 'done', remoteId: '77' });
    for (const member of await digests.members(digest.id)) {
      assert.deepEqual([member.state, member.remoteId, member.channel], ['done', '77', 'dm']);
    }
    assert.equal((await ledger.find(late))!.state, 'planned');
    assert.equal(await digests.close('none', texts), undefined);
  });
}
