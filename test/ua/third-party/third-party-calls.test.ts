import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasMedia } from '../../../src/ua/session-description.ts';
import { CallStage, answers, audioOf, mediaOf, refuses, rings } from './call-stage.ts';

const FLOWS = ['iv', 'i', 'auto'] as const;
const CONNECTED = ['ringing caller', 'answered caller', 'connected'];

/** Numbers in [0, 1) that are the same in each run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Both phones answer at once; connected when this resolves. */
async function connected(flow: 'iv' | 'i' | 'auto' = 'iv', options: ConstructorParameters<typeof CallStage>[0] = {}): Promise<CallStage> {
  const stage = new CallStage(options);
  stage.phone('alice', answers);
  stage.phone('bob', answers);
  stage.start({ flow });
  await stage.pass(100);
  assert.deepEqual(stage.told, CONNECTED);
  return stage;
}

for (const flow of FLOWS) {
  describe(`flow ${flow}`, () => {
    test('each phone has the media address of the other, and both are shown whom they talk to', async () => {
      const stage = await connected(flow);
      const [alice, bob] = [stage.incoming['alice']![0]!, stage.incoming['bob']![0]!];
      assert.deepEqual([mediaOf(alice.remoteDescription), mediaOf(bob.remoteDescription)], ['192.0.2.22:4000', '192.0.2.11:4000']);
      assert.deepEqual([alice.callerName, alice.caller], ['Bob', 'sip:bob@example.com']);
      assert.deepEqual([bob.callerName, bob.caller], ['Alice', 'sip:alice@example.com']);
      assert.equal(stage.calls.active, 1);
    });

    for (const who of ['alice', 'bob']) {
      test(`${who} hangs up: the other is hung up, and nothing is left`, async () => {
        const stage = await connected(flow);
        const status = stage.incoming[who]![0]!.hangUp();
        await stage.pass(100);
        assert.equal(await status, 200);
        await stage.incoming[who === 'alice' ? 'bob' : 'alice']![0]!.wasHungUp;
        assert.deepEqual(stage.told, [...CONNECTED, 'ended']);
        assert.deepEqual([stage.calls.active, stage.agent.legCount], [0, 0]);
      });
    }

    test('cancel hangs up both', async () => {
      const stage = await connected(flow);
      assert.equal(stage.calls.cancel('c1'), true);
      await stage.pass(100);
      await Promise.all([stage.incoming['alice']![0]!.wasHungUp, stage.incoming['bob']![0]!.wasHungUp]);
      assert.deepEqual(stage.told, [...CONNECTED, 'ended']);
      assert.equal(stage.calls.cancel('c1'), false);
    });

    for (const [status, cause] of [[486, 'busy'], [600, 'busy'], [603, 'declined'], [480, 'no-answer'], [404, 'unreachable'], [500, 'unreachable']] as const) {
      test(`the callee's ${status} is ${cause}; the caller is hung up`, async () => {
        const stage = new CallStage();
        stage.phone('alice', answers);
        stage.phone('bob', refuses(status));
        stage.start({ flow });
        await stage.pass(100);
        assert.deepEqual(stage.told, ['ringing caller', 'answered caller', `failed callee ${cause} ${status}`]);
        await stage.incoming['alice']![0]!.wasHungUp;
        assert.equal(stage.agent.legCount, 0);
      });
    }

    test("the caller's own phone is busy: the callee is not rung", async () => {
      const stage = new CallStage();
      stage.phone('alice', refuses(486));
      stage.phone('bob', answers);
      stage.start({ flow });
      await stage.pass(100);
      assert.deepEqual(stage.told, ['ringing caller', 'failed caller busy 486']);
      assert.deepEqual(stage.incoming['bob'], []);
    });

    test('the caller does not come: his phones stop ringing after ringMs', async () => {
      const stage = new CallStage();
      stage.phone('alice', rings);
      stage.phone('bob', answers);
      stage.start({ flow, ringMs: 20_000 });
      await stage.pass(19_900);
      assert.deepEqual(stage.told, ['ringing caller']);
      await stage.pass(200);
      assert.deepEqual(stage.told, ['ringing caller', 'failed caller no-answer 408']);
      await stage.incoming['alice']![0]!.wasCancelled;
      assert.equal(stage.agent.legCount, 0);
    });

    test('the callee does not come: his phones stop ringing, and the caller is hung up', async () => {
      const stage = new CallStage();
      stage.phone('alice', answers);
      stage.phone('bob', rings);
      stage.start({ flow, ringMs: 20_000 });
      await stage.pass(20_200);
      assert.deepEqual(stage.told, ['ringing caller', 'answered caller', 'failed callee no-answer 408']);
      await Promise.all([stage.incoming['bob']![0]!.wasCancelled, stage.incoming['alice']![0]!.wasHungUp]);
      assert.equal(stage.agent.legCount, 0);
    });

    test('cancelled while the caller is rung', async () => {
      const stage = new CallStage();
      stage.phone('alice', rings);
      stage.start({ flow });
      await stage.pass(100);
      stage.calls.cancel('c1');
      await stage.pass(100);
      assert.deepEqual(stage.told, ['ringing caller', 'failed cancelled']);
      await stage.incoming['alice']![0]!.wasCancelled;
      assert.equal(stage.agent.legCount, 0);
    });

    test('cancelled before any response: the CANCEL waits for one (RFC 3261 §9.1)', async () => {
      const stage = new CallStage();
      stage.phone('alice', rings);
      stage.start({ flow });
      stage.calls.cancel('c1');
      await stage.pass(100);
      await stage.incoming['alice']![0]!.wasCancelled;
      assert.deepEqual([stage.told, stage.agent.legCount], [['failed cancelled'], 0]);
    });

    test('cancelled while the callee is rung', async () => {
      const stage = new CallStage();
      stage.phone('alice', answers);
      stage.phone('bob', rings);
      stage.start({ flow });
      await stage.pass(100);
      stage.calls.cancel('c1');
      await stage.pass(100);
      await Promise.all([stage.incoming['bob']![0]!.wasCancelled, stage.incoming['alice']![0]!.wasHungUp]);
      assert.deepEqual([stage.told, stage.agent.legCount], [['ringing caller', 'answered caller', 'failed cancelled'], 0]);
    });

    test('an answer that crosses the CANCEL is acknowledged and hung up (§15)', async () => {
      const stage = new CallStage();
      stage.phone('alice', rings);
      stage.start({ flow });
      await stage.pass(20);
      stage.incoming['alice']![0]!.answer();
      stage.calls.cancel('c1');
      await stage.pass(100);
      await stage.incoming['alice']![0]!.wasHungUp;
      assert.deepEqual([stage.told, stage.agent.legCount], [['ringing caller', 'failed cancelled'], 0]);
    });

    test('the caller hangs up while the callee is rung: the callee stops ringing', async () => {
      const stage = new CallStage();
      stage.phone('alice', answers);
      stage.phone('bob', rings);
      stage.start({ flow });
      await stage.pass(100);
      void stage.incoming['alice']![0]!.hangUp();
      await stage.pass(100);
      await stage.incoming['bob']![0]!.wasCancelled;
      assert.deepEqual(stage.told, ['ringing caller', 'answered caller', 'failed caller cancelled']);
    });

    test('nobody there at all: unreachable', async () => {
      const stage = new CallStage();
      stage.net.proxy.bindings.set('sip:alice@example.com', 'sip:alice@192.0.2.99:5060');
      stage.start({ flow });
      await stage.pass(33_000);
      assert.deepEqual(stage.told, ['failed caller unreachable 408']);
      await stage.pass(33_000);
      assert.equal(stage.agent.legCount, 0);
    });

    for (const seed of [1, 2, 3, 4, 5]) {
      test(`one datagram in six is lost (seed ${seed}): connected and hung up all the same`, async () => {
        const stage = new CallStage();
        const random = randomFrom(seed);
        stage.net.lose = () => random() < 1 / 6;
        stage.phone('alice', answers);
        stage.phone('bob', answers);
        stage.start({ flow });
        await stage.pass(20_000);
        assert.equal(stage.told.at(-1), 'connected');
        const [alice, bob] = [stage.incoming['alice']![0]!, stage.incoming['bob']![0]!];
        assert.deepEqual([mediaOf(alice.remoteDescription), mediaOf(bob.remoteDescription)], ['192.0.2.22:4000', '192.0.2.11:4000']);
        void bob.hangUp();
        await stage.pass(30_000);
        await alice.wasHungUp;
        assert.deepEqual([stage.told.at(-1), stage.agent.legCount], ['ended', 0]);
      });
    }

    test('it ends after maxDurationMs, however well it goes', async () => {
      const stage = new CallStage();
      stage.phone('alice', answers);
      stage.phone('bob', answers);
      stage.start({ flow, maxDurationMs: 10_000 });
      await stage.pass(9_900);
      assert.equal(stage.told.at(-1), 'connected');
      await stage.pass(300);
      assert.equal(stage.told.at(-1), 'ended');
      await Promise.all([stage.incoming['alice']![0]!.wasHungUp, stage.incoming['bob']![0]!.wasHungUp]);
    });
  });
}

describe('what belongs to one flow', () => {
  test('auto: a phone that refuses the offer without media is rung with none at all', async () => {
    const stage = new CallStage();
    stage.phone('alice', (call) => {
      const offer = call.remoteDescription;
      if (offer !== '' && !hasMedia(offer)) call.reject(488, 'Not Acceptable Here');
      else answers(call);
    });
    stage.phone('bob', answers);
    stage.start({ flow: 'auto' });
    await stage.pass(100);
    assert.deepEqual(stage.told, CONNECTED);
    assert.deepEqual(stage.incoming['alice']!.map(({ invite }) => invite.body.length > 0), [true, false]);
    assert.equal(mediaOf(stage.incoming['alice']![1]!.remoteDescription), '192.0.2.22:4000');
  });

  test('iv: the same phone fails the call', async () => {
    const stage = new CallStage();
    stage.phone('alice', refuses(488));
    stage.start({ flow: 'iv' });
    await stage.pass(100);
    assert.deepEqual(stage.told, ['ringing caller', 'failed caller media 488']);
  });

  test('auto: a phone that answers media to an offer without any is asked for an offer, and not rung twice', async () => {
    const stage = new CallStage();
    stage.phone('alice', (call) => call.answer(audioOf('alice')));
    stage.phone('bob', answers);
    stage.start({ flow: 'auto' });
    await stage.pass(100);
    assert.equal(stage.told.at(-1), 'connected');
    assert.equal(stage.incoming['alice']!.length, 1);
    assert.equal(mediaOf(stage.incoming['alice']![0]!.remoteDescription), '192.0.2.22:4000');
  });

  test("i: the callee rings no longer than the caller's phone waits for its ACK", async () => {
    const stage = new CallStage();
    stage.phone('alice', answers);
    stage.phone('bob', rings);
    stage.start({ flow: 'i', ringMs: 120_000 });
    await stage.pass(30_100);
    assert.equal(stage.told.at(-1), 'failed callee no-answer 408');
    await stage.incoming['alice']![0]!.wasHungUp;
  });

  test('iv: the callee may take his time', async () => {
    const stage = new CallStage();
    stage.phone('alice', answers);
    stage.phone('bob', rings);
    stage.start({ flow: 'iv', ringMs: 120_000 });
    await stage.pass(90_000);
    stage.incoming['bob']![0]!.answer();
    await stage.pass(100);
    assert.equal(stage.told.at(-1), 'connected');
  });

  test('two phones of the caller ring, one answers: the other is cancelled, the callee is rung once', async () => {
    const stage = new CallStage();
    stage.phone('alice', rings);
    stage.phone('alice', answers, '192.0.2.12');
    stage.phone('bob', answers);
    stage.start();
    await stage.pass(100);
    assert.deepEqual(stage.told, CONNECTED);
    await stage.incoming['alice']![0]!.wasCancelled;
    assert.equal(stage.incoming['bob']!.length, 1);
  });
});

describe('hold and resume by a phone (RFC 3261 §14, RFC 3725 §7)', () => {
  const held = (user: string) => `${audioOf(user).replace('4000', '4002')}a=sendonly\r\n`;

  for (const [who, other] of [['alice', 'bob'], ['bob', 'alice']] as const) {
    test(`the offer of ${who} reaches ${other}, and the answer comes back`, async () => {
      const stage = await connected();
      const phone = stage.incoming[who]![0]!;
      const held1 = phone.reinvite(held(who));
      await stage.pass(100);
      assert.equal(await held1, 200);
      const seen = stage.incoming[other]![0]!.remoteDescription;
      assert.match(seen, /m=audio 4002/);
      assert.match(seen, /a=sendonly/);
      const resumed = phone.reinvite(audioOf(who));
      await stage.pass(100);
      assert.equal(await resumed, 200);
      assert.doesNotMatch(stage.incoming[other]![0]!.remoteDescription, /sendonly/);
      assert.equal(stage.told.at(-1), 'connected');
    });
  }

  test('one without an offer asks the other phone for its, and brings it the answer', async () => {
    const stage = await connected();
    const [alice, bob] = [stage.incoming['alice']![0]!, stage.incoming['bob']![0]!];
    bob.remoteDescription = '';
    const asked = alice.reinvite('');
    await stage.pass(100);
    assert.equal(await asked, 200);
    assert.deepEqual([mediaOf(alice.remoteDescription), mediaOf(bob.remoteDescription)], ['192.0.2.22:4000', '192.0.2.11:4000']);
  });

  test('both at once: at least one gets 491, and can try again (§14.1)', async () => {
    const stage = await connected();
    const [alice, bob] = [stage.incoming['alice']![0]!, stage.incoming['bob']![0]!];
    const both = [alice.reinvite(held('alice')), bob.reinvite(held('bob'))];
    await stage.pass(200);
    const statuses = await Promise.all(both);
    assert.ok(statuses.includes(491), String(statuses));
    const again = alice.reinvite(held('alice'));
    await stage.pass(100);
    assert.equal(await again, 200);
    assert.match(bob.remoteDescription, /a=sendonly/);
  });

  test('before the two are connected there is nobody to hold: 488', async () => {
    const stage = new CallStage();
    stage.phone('alice', answers);
    stage.phone('bob', rings);
    stage.start();
    await stage.pass(100);
    const held1 = stage.incoming['alice']![0]!.reinvite(held('alice'));
    await stage.pass(100);
    assert.equal(await held1, 488);
  });

  test('RFC 3264 §8: to each phone it is one session whose version rises by one', async () => {
    const stage = await connected();
    const origins: string[] = [];
    const note = () => origins.push(/o=([^\r]*)/.exec(stage.incoming['alice']![0]!.remoteDescription)![1]!);
    note();
    for (const port of ['4002', '4004']) {
      const done = stage.incoming['bob']![0]!.reinvite(audioOf('bob').replace('4000', port));
      await stage.pass(100);
      assert.equal(await done, 200);
      note();
    }
    const parts = origins.map((origin) => origin.split(' '));
    assert.deepEqual(parts.map(([, , version]) => Number(version)), [1, 2, 3], 'version 0 was the offer without media');
    assert.equal(new Set(parts.map(([name, id, , ...rest]) => [name, id, ...rest].join(' '))).size, 1);
  });
});

describe('an announcement', () => {
  test('one phone rings, hears it, and is hung up when it is over', async () => {
    const stage = new CallStage();
    stage.phone('alice', answers);
    stage.start({ to: '', toName: 'Reminder' });
    await stage.announcer.opens();
    await stage.pass(100);
    assert.deepEqual(stage.told, ['ringing caller', 'answered caller', 'connected']);
    assert.equal(stage.incoming['alice']![0]!.callerName, 'Reminder');
    assert.equal(mediaOf(stage.announcer.played[0]!), '192.0.2.11:4000');
    await stage.announcer.hasPlayed();
    await stage.pass(100);
    await stage.incoming['alice']![0]!.wasHungUp;
    assert.deepEqual([stage.told.at(-1), stage.announcer.closed, stage.agent.legCount], ['ended', 1, 0]);
  });

  test('hung up in the middle: the announcer stops', async () => {
    const stage = new CallStage();
    stage.phone('alice', answers);
    stage.start({ to: '' });
    await stage.announcer.opens();
    await stage.pass(100);
    void stage.incoming['alice']![0]!.hangUp();
    await stage.pass(100);
    assert.deepEqual([stage.told.at(-1), stage.announcer.closed], ['ended', 1]);
  });
});

describe('bounds', () => {
  test('the same id again is refused while it lives, and taken afterwards', async () => {
    const stage = await connected();
    assert.equal(stage.start(), false);
    stage.calls.cancel('c1');
    await stage.pass(100);
    assert.equal(stage.start(), true);
  });

  test('at maxActive the next call is refused and counted', () => {
    const stage = new CallStage({ maxActive: 1 });
    assert.equal(stage.start(), true);
    assert.equal(stage.start({ id: 'c2' }), false);
    assert.deepEqual([stage.calls.active, stage.count('calls.refused'), stage.count('calls.started')], [1, 1, 1]);
  });

  test('calls that were given up count as long as their phones have not answered the CANCEL', () => {
    const stage = new CallStage({ maxActive: 1 });
    const taken = Array.from({ length: 6 }, (_, index) => {
      const started = stage.start({ id: `c${index}` });
      stage.calls.cancel(`c${index}`);
      return started;
    });
    assert.deepEqual(taken, [true, true, true, true, false, false]);
  });

  for (const [what, plan] of [
    ['an id that would end its header', { id: 'x\r\nVia: y' }],
    ['an id with a parameter', { id: 'x;leg=callee' }],
    ['a caller that is no SIP URI', { from: 'tel:+4930901820' }],
    ['a callee that is no URI', { to: 'bob' }],
    ['a URI that brings headers along (RFC 3261 §19.1.5)', { to: 'sip:bob@example.com?Subject=x' }],
    ['a URI that would end its line', { to: 'sip:bob@example.com\r\nX: y' }],
    ['a URI that would end its brackets', { to: 'sip:bob@example.com>;x=<' }],
  ] as const) {
    test(`${what} is refused`, () => {
      const stage = new CallStage();
      assert.equal(stage.start(plan), false);
      assert.deepEqual(stage.net.log, []);
    });
  }

  test('a name cannot leave its quotes, nor its line', async () => {
    const stage = new CallStage();
    stage.phone('alice', rings);
    stage.start({ toName: 'B"o\\b\r\nX-Evil: 1\u202e' });
    await stage.pass(50);
    const { invite, callerName } = stage.incoming['alice']![0]!;
    assert.equal(callerName, 'B"o\\b X-Evil: 1');
    assert.deepEqual(invite.fieldsNamed('X-Evil'), []);
  });

  test('the INVITEs say which call and which side they are', async () => {
    const stage = await connected();
    const said = stage.net.proxy.requests.filter(({ method, to }) => method === 'INVITE' && to?.tag === undefined).map((invite) => invite.fieldsNamed('X-Sipweet-Call').map((index) => invite.fieldValue(index)).join());
    assert.deepEqual(said, ['c1;leg=caller', 'c1;leg=callee']);
  });
});

describe('the service stops', () => {
  test('the phones are hung up, each call is told of once, and no other is begun', async () => {
    const stage = await connected();
    const closed = stage.calls.close();
    await stage.pass(100);
    await closed;
    await Promise.all([stage.incoming['alice']![0]!.wasHungUp, stage.incoming['bob']![0]!.wasHungUp]);
    assert.deepEqual(stage.told, [...CONNECTED, 'ended']);
    assert.equal(stage.start({ id: 'c2' }), false);
  });

  test('phones that do not answer hold it up for two seconds and no longer', async () => {
    const stage = await connected();
    stage.net.lose = () => true;
    let isClosed = false;
    void stage.calls.close().then(() => (isClosed = true));
    await stage.pass(1_900);
    assert.equal(isClosed, false);
    await stage.pass(200);
    assert.equal(isClosed, true);
  });
});
