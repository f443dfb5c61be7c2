import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Source } from '../../src/sip/transport/transport.ts';
import { PHONE, Stage, sourceOf } from './stage.ts';

interface Sender {
  readonly contact: string;
  readonly via: string;
  readonly source?: Source;
  readonly lines?: readonly string[];
}

function receivedOf({ contact, via, source, lines }: Sender): string | undefined {
  const stage = new Stage();
  const more = { via: `SIP/2.0/${source?.protocol === 'tcp' ? 'TCP' : 'UDP'} ${via}`, ...(lines === undefined ? {} : { lines }) };
  assert.equal(stage.save([`<${contact}>`], more, {}, source ?? PHONE).status, 200);
  return stage.registrar.lookup('alice', '')[0]!.received;
}

describe('received over UDP', () => {
  const behindNat = sourceOf('udp', '203.0.113.5', 40000);

  test('a phone that is where it says has none', () => {
    assert.equal(receivedOf({ contact: 'sip:alice@192.0.2.10', via: '192.0.2.10:5060;branch=z9hG4bK1' }), undefined);
  });

  test('a phone behind a NAT is reached where it was seen', () => {
    const sender = { contact: 'sip:alice@10.1.1.2:5062', via: '10.1.1.2:5062;rport;branch=z9hG4bK1', source: behindNat };
    assert.equal(receivedOf(sender), 'sip:203.0.113.5:40000');
  });

  test('a NAT that changes only the port counts when the client asked for rport', () => {
    const source = sourceOf('udp', '192.0.2.10', 40000);
    const contact = 'sip:alice@192.0.2.10:5060';
    assert.equal(receivedOf({ contact, via: '192.0.2.10;rport;branch=z9hG4bK1', source }), 'sip:192.0.2.10:40000');
    assert.equal(receivedOf({ contact, via: '192.0.2.10;branch=z9hG4bK1', source }), undefined);
  });

  test('§10.1 a contact that names another place on purpose is left alone', () => {
    assert.equal(receivedOf({ contact: 'sip:alice@192.0.2.10:5070', via: '192.0.2.10:5060;branch=z9hG4bK1' }), undefined);
    assert.equal(receivedOf({ contact: 'sip:gw.example.net', via: '192.0.2.10:5060;branch=z9hG4bK1' }), undefined);
  });

  test('a contact in a private network or under .invalid means nothing to us', () => {
    for (const host of ['10.9.9.9', '172.31.0.1', '192.168.1.2', '100.64.0.1', '169.254.1.1', '127.0.0.1', 'df7jal23ls0d.invalid', '[fd00::1]']) {
      const sender = { contact: `sip:alice@${host}`, via: '192.0.2.99;branch=z9hG4bK1', source: behindNat };
      assert.equal(receivedOf(sender), 'sip:203.0.113.5:40000', host);
    }
    assert.equal(receivedOf({ contact: 'sip:alice@172.32.0.1', via: '192.0.2.99;branch=z9hG4bK1', source: behindNat }), undefined);
  });

  test('within one private network it is left alone', () => {
    const source = sourceOf('udp', '127.0.0.1', 5090);
    assert.equal(receivedOf({ contact: 'sip:alice@127.0.0.1:5070', via: '127.0.0.1:5090;branch=z9hG4bK1', source }), undefined);
  });

  test('IPv6 has its brackets', () => {
    const source: Source = { ...sourceOf('udp', '2001:db8::9', 40000), local: { protocol: 'udp', address: '2001:db8::1', port: 5060, family: 6 } };
    assert.equal(receivedOf({ contact: 'sip:a@[fd00::1]', via: '[fd00::1];rport;branch=z9hG4bK1', source }), 'sip:[2001:db8::9]:40000');
  });
});

describe('received over TCP', () => {
  const source = sourceOf('tcp', '192.0.2.10', 41234, 7);

  test('is always the other end of the connection, which the binding names', () => {
    const stage = new Stage();
    stage.save(['<sip:alice@192.0.2.10:5060;transport=tcp>'], { via: 'SIP/2.0/TCP 192.0.2.10;branch=z9hG4bK1' }, {}, source);
    const [binding] = stage.registrar.lookup('alice', '');
    assert.deepEqual([binding!.received, binding!.connectionId], ['sip:192.0.2.10:41234;transport=tcp', 7]);
    assert.equal(binding!.socket, 'tcp:198.51.100.1:5060');
  });

  test('but not of a contact that asks for UDP', () => {
    assert.equal(receivedOf({ contact: 'sip:alice@192.0.2.10;transport=udp', via: '192.0.2.10;branch=z9hG4bK1', source }), undefined);
  });
});

describe('received behind a proxy', () => {
  const edge = sourceOf('udp', '203.0.113.5', 5060);

  test('there is none: the source is the proxy', () => {
    const sender = { contact: 'sip:alice@10.1.1.2', source: edge };
    assert.equal(receivedOf({ ...sender, via: '203.0.113.5;branch=z9hG4bK2, SIP/2.0/UDP 10.1.1.2;branch=z9hG4bK1' }), undefined);
    assert.equal(receivedOf({ ...sender, via: '203.0.113.5;branch=z9hG4bK2', lines: ['Via: SIP/2.0/UDP 10.1.1.2;branch=z9hG4bK1'] }), undefined);
  });

  test('nor with a Path, which leads to the phone', () => {
    const lines = ['Path: <sip:203.0.113.5;lr>', 'Supported: path'];
    assert.equal(receivedOf({ contact: 'sip:alice@10.1.1.2', via: '10.1.1.2;rport;branch=z9hG4bK1', source: edge, lines }), undefined);
  });
});
