import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isLooped } from '../../src/proxy/detect-loop.ts';
import { target } from '../../src/proxy/target.ts';
import { parsed } from './messages.ts';
import { ProxyFixture, request } from './proxy-fixture.ts';

/** A request that was forwarded to a peer that sends it back: what arrives at us again. */
function returned(net: ProxyFixture, change: (text: string) => string = (text) => text): ReturnType<typeof parsed> {
  net.receive(request({ uri: 'sip:bob@example.com', headers: 'Route: <sip:one.example.com;lr>\n' }));
  const sent = net.takeOne();
  const elsewhere = 'Via: SIP/2.0/UDP 198.51.100.2:5070;branch=z9hG4bKelsewhere\r\n';
  const text = sent.text.replace(/^(\S+) \S+ (.*\r\n)/, `$1 sip:bob@example.com $2${elsewhere}`);
  return parsed(change(text));
}

describe('RFC 5393 §4.2, §16.3 step 4', () => {
  test('a request that comes back unchanged has looped', () => {
    const net = new ProxyFixture();
    assert.equal(isLooped(net.endpoint, returned(net)), true);
  });

  test('with another Request-URI it is a spiral', () => {
    const net = new ProxyFixture();
    assert.equal(isLooped(net.endpoint, returned(net, (text) => text.replace('sip:bob@example.com SIP', 'sip:carol@example.com SIP'))), false);
  });

  test('with another Route it is a spiral', () => {
    const net = new ProxyFixture();
    assert.equal(isLooped(net.endpoint, returned(net, (text) => text.replace('one.example.com', 'two.example.com'))), false);
  });

  test('what is new, or has passed through others only, has not', () => {
    const net = new ProxyFixture();
    assert.equal(isLooped(net.endpoint, parsed(request())), false);
    assert.equal(isLooped(net.endpoint, parsed(request().replace(/(Via: .*\n)/, '$1Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKstranger\n'))), false);
  });

  test('hardening 17: a fork that leads back to us makes a bounded number of requests', () => {
    const net = new ProxyFixture({ maxBreadth: 60 });
    net.targets = [target('sip:bob@192.0.2.1'), target('sip:carol@192.0.2.1')];
    let requests = 0;
    const refused: unknown[] = [];
    net.receive(request({ method: 'OPTIONS' }));
    for (let sent = net.take(); sent.length > 0; sent = net.take()) {
      for (const one of sent) {
        if (!one.message.isRequest) continue;
        requests += 1;
        assert.ok(requests < 1000, 'it goes on and on');
        net.receive(one.text, '192.0.2.1:5060');
        if (typeof net.forwarded === 'string') refused.push(net.forwarded);
      }
    }
    assert.ok(requests <= 2 * 60, `${requests} requests`);
    assert.ok(refused.includes('no-breadth'));
  });
});
