import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deriveSecrets } from '../../src/sip/auth/algorithm.ts';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import { OwnRequests, type OwnRequest } from '../../src/ua/own-requests.ts';
import { CallStage } from './third-party/call-stage.ts';

const MESSAGE: OwnRequest = {
  method: 'MESSAGE',
  requestUri: 'sip:bob@example.com',
  fromUri: 'sip:alice@example.com',
  toUri: 'sip:bob@example.com',
  headers: 'Content-Type: text/plain\r\n',
  body: 'hello',
  callId: '',
  user: '',
  password: '',
  isHash: false,
};

function sender() {
  const stage = new CallStage();
  const bob = stage.net.scripted('bob', '192.0.2.22');
  const requests = new OwnRequests(stage.agent);
  const statuses: number[] = [];
  const send = (parts: Partial<OwnRequest> = {}) => requests.send({ ...MESSAGE, ...parts }, (status) => void statuses.push(status));
  return { stage, bob, statuses, send };
}

test('a request goes by the proxy, and its final status comes back once', async () => {
  const { stage, bob, statuses, send } = sender();
  assert.equal(send({ callId: 'abc@x' }), true);
  await stage.pass(10);
  const request = bob.take('MESSAGE');
  assert.deepEqual([request.body, request.callId, request.from?.uriText, request.contacts], ['hello', 'abc@x', 'sip:alice@example.com', []]);
  bob.reply(request, 100);
  bob.reply(request, 202);
  await stage.pass(10);
  assert.deepEqual(statuses, [202]);
});

test('no answer: 408', async () => {
  const { stage, statuses, send } = sender();
  send();
  await stage.pass(33_000);
  assert.deepEqual(statuses, [408]);
});

describe('a challenge (RFC 3261 §22)', () => {
  const REALM = 'example.com';
  const challenge = (algorithm: string) => `Digest realm="${REALM}", nonce="n1", algorithm=${algorithm}, qop="auth"`;
  const secrets = deriveSecrets('alice', REALM, 'secret');
  const answered = (request: SipMessage): string => request.fieldsNamed('Proxy-Authorization').map((index) => request.fieldValue(index)).join();

  for (const [what, login, algorithm] of [
    ['a password answers the strongest', { password: 'secret', isHash: false }, 'SHA-256'],
    ['a hash of 32 digits answers MD5, though SHA-256 was offered', { password: secrets.ha1, isHash: true }, 'MD5'],
    ['a hash of 64 digits answers SHA-256', { password: secrets.ha1Sha256!, isHash: true }, 'SHA-256'],
  ] as const) {
    test(what, async () => {
      const { stage, bob, statuses, send } = sender();
      stage.net.proxy.challenges = [challenge('SHA-256'), challenge('MD5')];
      send({ user: 'alice', ...login });
      await stage.pass(10);
      const request = bob.take('MESSAGE');
      assert.match(answered(request), new RegExp(`algorithm="?${algorithm}`));
      bob.reply(request, 200);
      await stage.pass(10);
      assert.deepEqual([statuses, stage.net.proxy.seen], [[200], ['MESSAGE', 'MESSAGE+auth']]);
    });
  }

  test('the hash and the password give the same answer', async () => {
    const given: string[] = [];
    for (const login of [{ password: 'secret', isHash: false }, { password: secrets.ha1, isHash: true }]) {
      const { stage, bob, send } = sender();
      // Without qop there is no cnonce, so that the two can be compared.
      stage.net.proxy.challenges = [`Digest realm="${REALM}", nonce="n1", algorithm=MD5`];
      send({ user: 'alice', ...login });
      await stage.pass(10);
      given.push(answered(bob.take('MESSAGE')));
    }
    assert.equal(given[0], given[1]);
  });

  test('nobody to log in as, or a hash for no algorithm that is offered: the 407 is the answer', async () => {
    for (const login of [{}, { user: 'alice', password: secrets.ha1, isHash: true }]) {
      const { stage, statuses, send } = sender();
      stage.net.proxy.challenges = [challenge('SHA-256')];
      send(login);
      await stage.pass(10);
      assert.deepEqual([statuses, stage.net.proxy.seen], [[407], ['MESSAGE']]);
    }
  });
});

describe('what is not sent', () => {
  for (const [what, parts] of [
    ['INVITE, which needs its ACK', { method: 'INVITE' }],
    ['a method that is no token', { method: 'MESSAGE sip:x SIP/2.0\r\nX:' }],
    ['a Request-URI that is none', { requestUri: 'bob' }],
    ['a From that would end its line', { fromUri: 'sip:a@b\r\nX: y' }],
    ['a Call-ID that would end its line', { callId: 'a\r\nX: y' }],
    ['headers without their line end', { headers: 'X: y' }],
    ['headers that begin the body', { headers: 'X: y\r\n\r\n' }],
    ['a header that is folded', { headers: 'X: y\r\n z\r\n' }],
    ['a header that the agent writes itself', { headers: 'Via: SIP/2.0/UDP 192.0.2.1\r\n' }],
    ['its compact form', { headers: 'l: 0\r\n' }],
    ['a Route, which would lead elsewhere', { headers: 'Route: <sip:192.0.2.1;lr>\r\n' }],
  ] as const) {
    test(what, () => {
      const { stage, send } = sender();
      assert.equal(send(parts), false);
      assert.deepEqual(stage.net.log, []);
    });
  }

  test('more than a thousand at a time', async () => {
    const { stage, statuses, send } = sender();
    for (let sent = 0; sent < 1000; sent += 1) assert.equal(send(), true);
    assert.equal(send(), false);
    await stage.pass(33_000);
    assert.equal(statuses.length, 1000);
    assert.equal(send(), true);
  });
});
