import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import { CallStage, answers, audioOf, mediaOf } from './third-party/call-stage.ts';
import { MEDIALESS_OFFER, descriptionOf } from '../../src/ua/session-description.ts';
import type { ScriptedPhone } from './virtual-network.ts';

/** Alice's phone is played by hand, bob's answers; alice has been rung and has answered the offer without media. */
async function aliceAnswered({ bobAnswers = true } = {}) {
  const stage = new CallStage();
  const alice = stage.net.scripted('alice', '192.0.2.11');
  if (bobAnswers) stage.phone('bob', answers);
  stage.start();
  await stage.pass(10);
  const invite = alice.take('INVITE');
  alice.reply(invite, 200, { body: MEDIALESS_OFFER });
  await stage.pass(20);
  alice.take('ACK');
  return { stage, alice, invite };
}

/** The two are connected. */
async function aliceConnected() {
  const { stage, alice, invite } = await aliceAnswered();
  alice.reply(alice.take('INVITE'), 200, { body: audioOf('alice') });
  await stage.pass(20);
  alice.take('ACK');
  assert.equal(stage.told.at(-1), 'connected');
  return { stage, alice, invite };
}

/** The two are connected, and bob's phone is played by hand too. */
async function bothByHand() {
  const stage = new CallStage();
  const [alice, bob] = [stage.net.scripted('alice', '192.0.2.11'), stage.net.scripted('bob', '192.0.2.22')];
  stage.start();
  await stage.pass(10);
  const invite = alice.take('INVITE');
  alice.reply(invite, 200, { body: MEDIALESS_OFFER });
  await stage.pass(20);
  alice.take('ACK');
  bob.reply(bob.take('INVITE'), 200, { body: audioOf('bob') });
  await stage.pass(20);
  alice.reply(alice.take('INVITE'), 200, { body: audioOf('alice') });
  await stage.pass(20);
  alice.take('ACK');
  bob.take('ACK');
  assert.equal(stage.told.at(-1), 'connected');
  return { stage, alice, bob, invite };
}

/** What a scripted phone is answered to a request. */
async function ask(stage: CallStage, phone: ScriptedPhone, method: string, invite: SipMessage, parts: Parameters<ScriptedPhone['request']>[2] = {}): Promise<SipMessage> {
  phone.request(method, invite, parts);
  await stage.pass(20);
  return phone.received.shift()!;
}

describe('a 2xx and its ACK (RFC 3261 §13.2.2.4)', () => {
  test('each repetition of the 2xx gets the same ACK again', async () => {
    const { stage, alice } = await aliceAnswered();
    const reinvite = alice.take('INVITE');
    for (let repetition = 0; repetition < 3; repetition += 1) {
      alice.reply(reinvite, 200, { body: audioOf('alice') });
      await stage.pass(20);
      assert.equal(alice.take('ACK').cseq!.number, reinvite.cseq!.number);
    }
  });

  test('in flow I the 2xx waits for its ACK until the callee has answered; then each repetition gets the answer', async () => {
    const stage = new CallStage();
    const [alice, bob] = [stage.net.scripted('alice', '192.0.2.11'), stage.net.scripted('bob', '192.0.2.22')];
    stage.start({ flow: 'i' });
    await stage.pass(10);
    const invite = alice.take('INVITE');
    alice.reply(invite, 200, { body: audioOf('alice') });
    await stage.pass(500);
    alice.reply(invite, 200, { body: audioOf('alice') });
    await stage.pass(20);
    assert.deepEqual(alice.waiting, []);
    bob.reply(bob.take('INVITE'), 200, { body: audioOf('bob') });
    await stage.pass(20);
    assert.equal(mediaOf(descriptionOf(alice.take('ACK'))), '192.0.2.22:4000');
    alice.reply(invite, 200, { body: audioOf('alice') });
    await stage.pass(20);
    assert.equal(mediaOf(descriptionOf(alice.take('ACK'))), '192.0.2.22:4000');
  });

  test('a second phone that has answered at the same moment is acknowledged and hung up', async () => {
    const stage = new CallStage();
    const alice = stage.net.scripted('alice', '192.0.2.11');
    stage.phone('bob', answers);
    stage.start();
    await stage.pass(10);
    const invite = alice.take('INVITE');
    alice.reply(invite, 200, { body: MEDIALESS_OFFER, tag: 'desk' });
    alice.reply(invite, 200, { body: MEDIALESS_OFFER, tag: 'mobile' });
    await stage.pass(20);
    const got = alice.received.map(({ method, to }) => `${method} ${to?.tag}`).sort();
    assert.deepEqual(got, ['ACK desk', 'ACK mobile', 'BYE mobile', 'INVITE desk']);
    assert.equal(stage.incoming['bob']!.length, 1);
  });

  test('a CANCEL that nothing follows ends the leg after 64*T1 (§9.1)', async () => {
    const stage = new CallStage();
    const alice = stage.net.scripted('alice', '192.0.2.11');
    stage.start();
    await stage.pass(10);
    alice.reply(alice.take('INVITE'), 180);
    await stage.pass(10);
    stage.calls.cancel('c1');
    await stage.pass(100);
    assert.deepEqual([alice.waiting[0], stage.agent.legCount, stage.told.at(-1)], ['CANCEL', 1, 'failed cancelled']);
    await stage.pass(32_000);
    assert.equal(stage.agent.legCount, 0);
  });
});

describe('re-INVITEs of ours (§14.1)', () => {
  test('491: it is sent again after 2.1 to 4 seconds', async () => {
    const { stage, alice } = await aliceAnswered();
    const first = alice.take('INVITE');
    alice.reply(first, 491);
    await stage.pass(2_050);
    assert.deepEqual(alice.waiting, ['ACK']);
    alice.take('ACK');
    await stage.pass(2_000);
    const second = alice.take('INVITE');
    assert.ok(second.cseq!.number > first.cseq!.number);
    assert.equal(mediaOf(second.body), '192.0.2.22:4000');
    alice.reply(second, 200, { body: audioOf('alice') });
    await stage.pass(20);
    assert.equal(stage.told.at(-1), 'connected');
  });

  test('491 again and again is the end of it', async () => {
    const { stage, alice } = await aliceAnswered();
    for (let tries = 0; tries < 6; tries += 1) {
      for (let waited = 0; alice.waiting.length === 0 && waited < 4_100; waited += 50) await stage.pass(50);
      alice.reply(alice.take('INVITE'), 491);
      await stage.pass(20);
      alice.take('ACK');
    }
    assert.equal(stage.told.at(-1), 'failed caller unreachable 491');
    alice.take('BYE');
  });

  for (const status of [481, 408]) {
    test(`${status}: the dialog is lost, both sides are hung up (§12.2.1.2)`, async () => {
      const { stage, alice } = await aliceAnswered();
      alice.reply(alice.take('INVITE'), status);
      await stage.pass(20);
      alice.take('ACK');
      alice.take('BYE');
      assert.equal(stage.told.at(-1), `failed caller unreachable ${status}`);
      await stage.incoming['bob']![0]!.wasHungUp;
    });
  }

  test('a phone that never answers it has gone', async () => {
    const { stage, alice } = await aliceAnswered();
    alice.reply(alice.take('INVITE'), 100);
    await stage.pass(32_100);
    assert.equal(stage.told.at(-1), 'failed caller unreachable 408');
    await stage.incoming['bob']![0]!.wasHungUp;
  });

  test('its 200 may name another Contact: the next request goes there (§12.2.1.2)', async () => {
    const { stage, alice } = await aliceAnswered();
    const moved = stage.net.scripted('moved', '192.0.2.33');
    alice.reply(alice.take('INVITE'), 200, { body: audioOf('alice'), contact: moved.contact });
    await stage.pass(20);
    stage.calls.cancel('c1');
    await stage.pass(20);
    assert.deepEqual([alice.waiting, moved.waiting], [[], ['ACK', 'BYE']]);
  });
});

describe('requests of the phones inside of a dialog', () => {
  test('BYE: 200, and its repetition is absorbed and answered the same', async () => {
    const { stage, alice, invite } = await aliceConnected();
    alice.request('BYE', invite, { cseq: 300, branch: 'z9hG4bKbye' });
    await stage.pass(20);
    alice.take('200 BYE');
    alice.request('BYE', invite, { cseq: 300, branch: 'z9hG4bKbye' });
    await stage.pass(20);
    alice.take('200 BYE');
    assert.equal(stage.told.filter((told) => told === 'ended').length, 1);
  });

  test('a CSeq that is not higher than the last: 500 (§12.2.2)', async () => {
    const { stage, alice, invite } = await aliceConnected();
    assert.equal((await ask(stage, alice, 'OPTIONS', invite, { cseq: 200 })).status, 200);
    assert.equal((await ask(stage, alice, 'OPTIONS', invite, { cseq: 200 })).status, 500);
    assert.equal((await ask(stage, alice, 'OPTIONS', invite, { cseq: 199 })).status, 500);
  });

  test('OPTIONS tells what can be done; UPDATE, which cannot be handed on, is 405 with the same list', async () => {
    const { stage, alice, invite } = await aliceConnected();
    for (const [method, status] of [['OPTIONS', 200], ['UPDATE', 405], ['REFER', 405], ['MESSAGE', 405]] as const) {
      const answer = await ask(stage, alice, method, invite);
      assert.equal(answer.status, status, method);
      assert.match(answer.fieldValue(answer.fieldsNamed('Allow')[0]!), /INVITE, ACK, CANCEL, BYE/);
    }
  });

  test('INFO goes to the other phone with its body, and the answer comes back', async () => {
    const { stage, alice, invite } = await aliceConnected();
    const answer = await ask(stage, alice, 'INFO', invite, { body: 'Signal=5\r\n', type: 'application/dtmf-relay' });
    assert.equal(answer.status, 200);
    const passed = stage.net.proxy.requests.filter(({ method }) => method === 'INFO');
    assert.deepEqual(passed.map(({ body, to }) => [body, to?.uriText]), [['Signal=5\r\n', 'sip:bob@example.com'], ['Signal=5\r\n', 'sip:bob@example.com']]);
  });

  test('NOTIFY without a REFER of ours: 481', async () => {
    const { stage, alice, invite } = await aliceConnected();
    assert.equal((await ask(stage, alice, 'NOTIFY', invite)).status, 481);
  });

  test('a tag that is not of the dialog: 481, and nothing ends', async () => {
    const { stage, alice, invite } = await aliceConnected();
    assert.equal((await ask(stage, alice, 'BYE', invite, { tag: 'guessed' })).status, 481);
    assert.equal(stage.told.at(-1), 'connected');
  });

  test('a re-INVITE while ours is on its way: 491 (§14.2)', async () => {
    const { stage, alice, invite } = await aliceAnswered();
    const ours = alice.take('INVITE');
    assert.equal((await ask(stage, alice, 'INVITE', invite, { body: audioOf('alice') })).status, 491);
    alice.reply(ours, 200, { body: audioOf('alice') });
    await stage.pass(20);
    assert.equal(stage.told.at(-1), 'connected');
  });

  test('a second re-INVITE before the first has its answer: 500 with Retry-After (§14.2)', async () => {
    const { stage, alice, invite, bob } = await bothByHand();
    alice.request('INVITE', invite, { body: audioOf('alice') });
    await stage.pass(20);
    bob.take('INVITE');
    alice.received.length = 0;
    const answer = await ask(stage, alice, 'INVITE', invite, { body: audioOf('alice') });
    assert.equal(answer.status, 500);
    assert.equal(answer.fieldsNamed('Retry-After').length, 1);
  });

  for (const [status, passedOn] of [[488, 488], [491, 491], [500, 488]] as const) {
    test(`${status} of the other phone to a re-INVITE is ${passedOn} for the first; the call goes on`, async () => {
      const { stage, alice, invite, bob } = await bothByHand();
      alice.request('INVITE', invite, { body: audioOf('alice') });
      await stage.pass(20);
      bob.reply(bob.take('INVITE'), status);
      await stage.pass(20);
      assert.ok(alice.waiting.includes(`${passedOn} INVITE`), String(alice.waiting));
      assert.equal(stage.told.at(-1), 'connected');
    });
  }

  test('a CANCEL of a re-INVITE is answered; the re-INVITE goes on, so that both sides have the same session', async () => {
    const { stage, alice, invite, bob } = await bothByHand();
    alice.request('INVITE', invite, { body: audioOf('alice'), cseq: 500, branch: 'z9hG4bKheld' });
    await stage.pass(20);
    alice.request('CANCEL', invite, { cseq: 500, branch: 'z9hG4bKheld' });
    await stage.pass(20);
    assert.ok(alice.waiting.includes('200 CANCEL'), String(alice.waiting));
    bob.reply(bob.take('INVITE'), 200, { body: audioOf('bob') });
    await stage.pass(20);
    assert.ok(alice.waiting.includes('200 INVITE'), String(alice.waiting));
  });

  test('a 200 to its re-INVITE is repeated until the ACK comes; without one the call is ended (§13.3.1.4)', async () => {
    const { stage, alice, invite } = await aliceConnected();
    alice.request('INVITE', invite, { body: audioOf('alice') });
    await stage.pass(4_000);
    const repeated = alice.waiting.filter((what) => what === '200 INVITE').length;
    assert.ok(repeated >= 3, String(alice.waiting));
    await stage.pass(30_000);
    assert.equal(stage.told.at(-1), 'ended');
    await stage.incoming['bob']![0]!.wasHungUp;
  });
});

describe('REFER, and what is told of it', () => {
  const fragment = (status: number, state = 'active;expires=60') => ({ headers: `Event: refer\r\nSubscription-State: ${state}\r\n`, body: `SIP/2.0 ${status} Reason\r\n`, type: 'message/sipfrag' });

  async function referred() {
    const stage = new CallStage();
    const alice = stage.net.scripted('alice', '192.0.2.11');
    stage.start({ flow: 'refer' });
    await stage.pass(10);
    const invite = alice.take('INVITE');
    assert.match(invite.body, /c=IN IP4 0\.0\.0\.0/);
    alice.reply(invite, 200, { body: audioOf('alice'), headers: 'Allow: INVITE, ACK, BYE, REFER\r\n' });
    await stage.pass(10);
    alice.take('ACK');
    const refer = alice.take('REFER');
    assert.deepEqual(['Refer-To', 'Referred-By'].map((name) => refer.fieldValue(refer.fieldsNamed(name)[0]!)), ['<sip:bob@example.com>', '<sip:alice@example.com>']);
    alice.reply(refer, 202);
    await stage.pass(10);
    return { stage, alice, invite };
  }

  test('it rings, it is answered: connected, and we leave', async () => {
    const { stage, alice, invite } = await referred();
    assert.equal((await ask(stage, alice, 'NOTIFY', invite, fragment(180))).status, 200);
    assert.equal(stage.told.at(-1), 'answered caller');
    assert.equal((await ask(stage, alice, 'NOTIFY', invite, fragment(200, 'terminated;reason=noresource'))).status, 200);
    alice.take('BYE');
    assert.deepEqual(stage.told.slice(-2), ['connected', 'ended']);
  });

  test('the callee is busy', async () => {
    const { stage, alice, invite } = await referred();
    await ask(stage, alice, 'NOTIFY', invite, fragment(486, 'terminated'));
    assert.equal(stage.told.at(-1), 'failed callee busy 486');
  });

  test('a phone that hangs up first still tells how its call goes', async () => {
    const { stage, alice, invite } = await referred();
    assert.equal((await ask(stage, alice, 'BYE', invite)).status, 200);
    assert.equal(stage.told.at(-1), 'answered caller');
    assert.equal((await ask(stage, alice, 'NOTIFY', invite, fragment(200, 'terminated'))).status, 200);
    assert.deepEqual([stage.told.slice(-2), stage.agent.legCount], [['connected', 'ended'], 0]);
  });

  test('nothing is told in ringMs: not answered', async () => {
    const { stage } = await referred();
    await stage.pass(45_100);
    assert.equal(stage.told.at(-1), 'failed callee no-answer 408');
  });
});

describe('what others route here', () => {
  test('requests outside of a dialog get 405, inside of one that is not ours 481; a CANCEL of nothing 481', async () => {
    const stage = new CallStage();
    const stranger = stage.net.scripted('stranger', '192.0.2.66');
    const send = async (method: string, toTag: string): Promise<string[]> => {
      stage.agent.core.endpoint.onMessage(
        `${method} sip:sipweet@192.0.2.9:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.66:5060;branch=z9hG4bK${method}${toTag}\r\nFrom: <sip:x@x>;tag=1\r\nTo: <sip:y@y>${toTag}\r\nCall-ID: s-${method}\r\nCSeq: 1 ${method}\r\nContent-Length: 0\r\n\r\n`,
        { protocol: 'udp', address: '192.0.2.66', port: 5060, local: { protocol: 'udp', address: '192.0.2.9', port: 5060, family: 4 }, connectionId: 0 },
      );
      await stage.pass(5);
      return stranger.received.splice(0).map(({ status }) => String(status));
    };
    for (const method of ['INVITE', 'OPTIONS', 'REGISTER', 'MESSAGE', 'SUBSCRIBE']) assert.deepEqual(await send(method, ''), ['405'], method);
    for (const method of ['INVITE', 'BYE', 'NOTIFY', 'INFO']) assert.deepEqual(await send(method, ';tag=2'), ['481'], method);
    assert.deepEqual(await send('CANCEL', ''), ['481']);
    assert.deepEqual(await send('ACK', ';tag=2'), []);
  });

  test('isOwn is the very socket: protocol, address and port', () => {
    const { agent } = new CallStage();
    const own = { protocol: 'udp', address: '192.0.2.9', port: 5060 };
    assert.deepEqual(
      [own, { ...own, protocol: 'tcp' }, { ...own, address: '192.0.2.8' }, { ...own, port: 5061 }].map((source) => agent.isOwn(source)),
      [true, false, false, false],
    );
  });
});
