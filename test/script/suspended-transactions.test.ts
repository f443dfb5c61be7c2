import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer, request, summary } from '../proxy/proxy-fixture.ts';
import { functions, type FunctionStage, type Ksr, type TestRoute } from './script-fixture.ts';

const CALLER = '203.0.113.9:5090';
const PHONE = '198.51.100.2:5070';
const toPhone = request({ uri: 'sip:bob@198.51.100.2:5070' });

/** A request that was suspended, and `t_continue` for it out of an event route. */
function suspended(routes: Record<string, TestRoute> = {}, before: (ksr: Ksr) => void = () => {}): FunctionStage & { continueWith: (name: string, label?: number) => unknown } {
  const ids = { index: -1, label: -1 };
  let code: unknown;
  let next = '';
  let labelOffset = 0;
  const stage = functions({
    request: (ksr, route) => {
      if (route.message.method === 'CANCEL') {
        ksr('tm.t_relay');
        return;
      }
      before(ksr);
      assert.equal(ksr('tmx.t_suspend'), 1);
      ids.index = route.transaction!.suspendedIndex;
      ids.label = route.transaction!.suspendedLabel;
    },
    event: (ksr) => void (code = ksr('tmx.t_continue', ids.index, ids.label + labelOffset, next)),
    ...routes,
  });
  stage.net.receive(toPhone);
  return {
    ...stage,
    continueWith(name, offset = 0) {
      next = name;
      labelOffset = offset;
      stage.net.router.runEvent('event', 'test');
      return code;
    },
  };
}

describe('tmx.t_suspend and t_continue (KEMI)', () => {
  test('the request waits as a transaction, absorbs its retransmissions, and goes on as a failure route without argument', () => {
    const { net, engine, continueWith } = suspended({ resume: (ksr) => void ksr('tm.t_relay') });
    net.receive(toPhone);
    assert.deepEqual([net.take().length, net.router.suspended.size], [0, 1]);
    assert.equal(continueWith('resume'), 1);
    assert.equal(engine.contexts.at(-1)!.kind, 'failure');
    assert.deepEqual(summary(net.take()), [`100 -> ${CALLER}`, `INVITE -> ${PHONE}`]);
    assert.equal(net.router.suspended.size, 0);
  });

  test('flags, attributes, changes of the message and the destination set are where they were', () => {
    const seen: unknown[] = [];
    const { net, continueWith } = suspended(
      {
        resume: (ksr, route) => {
          seen.push(ksr('isflagset', 4), route.attributes.avps.get('callee'), route.requestUri);
          ksr('tm.t_relay');
        },
      },
      (ksr) => {
        ksr('setflag', 4);
        ksr('pvx.avp_sets', 'callee', 'bob');
        ksr('hdr.append', 'X-Before: 1\r\n');
        ksr('seturi', 'sip:carol@198.51.100.3');
        ksr('tm.t_newtran');
      },
    );
    continueWith('resume');
    assert.deepEqual(seen, [true, 'bob', 'sip:carol@198.51.100.3']);
    const invite = net.take().at(-1)!;
    assert.equal(invite.to, '198.51.100.3:5060');
    assert.match(invite.text, /X-Before: 1\r\n/);
  });

  test('-1 for one that is not suspended any more, or never was', () => {
    const { net, continueWith } = suspended({ resume: (ksr) => void ksr('tm.t_reply', 480, 'Later') });
    assert.equal(continueWith('resume', 1), -1, 'another label');
    assert.equal(continueWith('resume'), 1);
    assert.equal(continueWith('resume'), -1, 'a second time');
    assert.deepEqual(summary(net.take()), [`480 -> ${CALLER}`]);
  });

  test('who resumes it and does nothing leaves a 500', () => {
    const { net, continueWith } = suspended({ resume: () => {} });
    continueWith('resume');
    assert.deepEqual(summary(net.take()), [`500 -> ${CALLER}`]);
  });

  test('it may be suspended again', () => {
    const { net, engine, continueWith } = suspended({ again: (ksr) => void ksr('tmx.t_suspend'), resume: (ksr) => void ksr('tm.t_relay') });
    continueWith('again');
    const { suspendedIndex, suspendedLabel } = engine.contexts.at(-1)!.transaction!;
    assert.equal(net.router.suspended.find(suspendedLabel)?.suspendedIndex, suspendedIndex);
    assert.equal(net.router.suspended.find(suspendedLabel)?.resume('resume'), true);
    assert.deepEqual(summary(net.take()).at(-1), `INVITE -> ${PHONE}`);
  });

  test('the resumed route may wait, and the call goes on as any other', () => {
    const { net, engine, continueWith } = suspended({ resume: (ksr) => () => void ksr('tm.t_relay') });
    continueWith('resume');
    engine.wake();
    const invite = net.take().at(-1)!;
    net.receive(answer(invite, 486), invite.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${PHONE}`, `486 -> ${CALLER}`]);
  });

  test('never continued: 408 after fr_timer, and nothing is left', () => {
    const { net, continueWith } = suspended();
    net.clock.advance(32_000);
    assert.deepEqual(summary(net.take()), [`408 -> ${CALLER}`]);
    assert.deepEqual([continueWith('resume'), net.router.suspended.size], [-1, 0]);
    net.clock.advance(33_000);
    assert.deepEqual([net.endpoint.serverTransactionCount, net.clock.armed], [0, 0]);
  });

  test('§9.2 cancelled meanwhile: 487 at once, and there is nothing to continue', () => {
    const { net, continueWith } = suspended({ resume: () => {} });
    net.receive(request({ method: 'CANCEL' }));
    assert.deepEqual(summary(net.take()), [`200 -> ${CALLER}`, `487 -> ${CALLER}`]);
    assert.equal(continueWith('resume'), -1);
    net.clock.advance(64_000);
    assert.deepEqual([net.endpoint.serverTransactionCount, net.clock.armed, net.router.suspended.size], [0, 0, 0]);
  });

  test('-1 for ACK, CANCEL, replies, and behind an answer or a relay', () => {
    const codes: unknown[] = [];
    const { net } = functions({
      request: (ksr, route) => {
        if (route.message.method === 'INVITE') ksr('tm.t_relay');
        codes.push(ksr('tmx.t_suspend'));
      },
      reply: (ksr) => void codes.push(ksr('tmx.t_suspend')),
    });
    net.receive(toPhone);
    const invite = net.take().at(-1)!;
    net.receive(answer(invite, 180), invite.to);
    net.receive(request({ method: 'ACK', toTag: 'b1', branch: 'z9hG4bKack' }));
    net.receive(request({ method: 'CANCEL' }));
    assert.deepEqual(codes, [-1, -1, -1, -1]);
  });
});
