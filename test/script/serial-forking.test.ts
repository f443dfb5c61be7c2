import assert from 'node:assert/strict';
import { test } from 'node:test';
import { target } from '../../src/proxy/target.ts';
import { answer, request, summary } from '../proxy/proxy-fixture.ts';
import { functions, type Ksr } from './script-fixture.ts';

const CALLER = '203.0.113.9:5090';
const CONTACTS: readonly (readonly [host: string, q: number])[] = [['198.51.100.1', 300], ['198.51.100.2', 1000], ['198.51.100.3', 300], ['198.51.100.4', -1]];

/** A call to contacts of these preferences, tried group by group. */
function serial(contacts = CONTACTS) {
  const codes: unknown[] = [];
  const attempt = (ksr: Ksr): void => {
    const code = ksr('tm.t_next_contacts');
    codes.push(code);
    if (code !== 1) return;
    ksr('tm.t_on_failure', 'on_failure');
    ksr('tm.t_relay');
  };
  const stage = functions({
    request: (ksr, route) => {
      route.takeTargets();
      route.appended.push(...contacts.map(([host, q]) => target(`sip:bob@${host}`, { q, flags: q })));
      codes.push(ksr('tm.t_load_contacts'));
      attempt(ksr);
    },
    on_failure: attempt,
  });
  stage.net.receive(request());
  return { ...stage, codes };
}

test('§16.6 step 6: contacts of the same q are tried together, the best first; none counts as 1.0 (§20.10)', () => {
  const { net, codes } = serial();
  const first = net.take().slice(1);
  assert.deepEqual(summary(first), ['INVITE -> 198.51.100.2:5060', 'INVITE -> 198.51.100.4:5060']);
  for (const sent of first) net.receive(answer(sent, 486), sent.to);
  const second = net.take().filter(({ message }) => message.method === 'INVITE' && message.isRequest);
  assert.deepEqual(summary(second), ['INVITE -> 198.51.100.1:5060', 'INVITE -> 198.51.100.3:5060']);
  for (const sent of second) net.receive(answer(sent, 404), sent.to);
  assert.deepEqual(codes, [1, 1, 1, -2]);
  assert.deepEqual(summary(net.take()).at(-1), `404 -> ${CALLER}`, 'the best of all attempts');
});

test('an answer ends it: the other groups are not tried', () => {
  const { net, codes } = serial();
  const [, first] = net.take();
  net.receive(answer(first!, 200), first!.to);
  assert.deepEqual(summary(net.take()), [`200 -> ${CALLER}`]);
  assert.deepEqual(codes, [1, 1]);
});

test('branch flags and q go with their contact', () => {
  const { engine } = serial([['198.51.100.1', 300]]);
  const { branches } = engine.contexts[0]!.transaction!.context;
  assert.deepEqual([branches[0]!.target.flags, branches[0]!.target.q], [300, 300]);
});

test('-1 when there is nothing to load, -2 when nothing is left', () => {
  const { codes } = serial([]);
  assert.deepEqual(codes, [-1, -2]);
});

test('a transaction that exists already keeps the groups', () => {
  const codes: unknown[] = [];
  const { net } = functions({
    request: (ksr) => {
      ksr('tm.t_newtran');
      codes.push(ksr('tm.t_load_contacts'), ksr('tm.t_next_contacts'), ksr('tm.t_relay'));
    },
  });
  net.receive(request({ uri: 'sip:bob@198.51.100.2' }));
  assert.deepEqual([codes, summary(net.take())], [[1, 1, 1], [`100 -> ${CALLER}`, 'INVITE -> 198.51.100.2:5060']]);
});
