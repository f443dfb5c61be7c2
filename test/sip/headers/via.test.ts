import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasMagicCookie, parseVia, type Via } from '../../../src/sip/headers/via.ts';

const via = (text: string): Via | undefined => parseVia(text, 0, text.length);

describe('§20.42 Via', () => {
  test('protocol, sent-by and parameters', () => {
    const parsed = via('SIP/2.0/UDP first.example.com:4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bKa7c6a8dlze.1');
    assert.ok(parsed);
    const { transport, host, port, maddr, branch, received, rport, followed } = parsed;
    assert.deepEqual({ transport, host, port, maddr, branch, received, rport, followed }, { transport: 'UDP', host: 'first.example.com', port: 4000, maddr: '224.2.0.1', branch: 'z9hG4bKa7c6a8dlze.1', received: '', rport: -1, followed: false });
  });

  test('blanks may stand round each part (RFC 4475 §3.1.1.1)', () => {
    const text = 'SIP  /    2.0   / UDP  192.168.255.111 :  5061 ; branch=   z9hG4bK30239 ; rport ';
    const parsed = via(text)!;
    assert.deepEqual([parsed.host, parsed.port, parsed.branch, parsed.rport], ['192.168.255.111', 5061, 'z9hG4bK30239', 0]);
    assert.equal(text.slice(parsed.start, parsed.end), text.trim());
  });

  test('the name of the protocol is compared without regard to case', () => assert.equal(via('sip/2.0/udp a')?.transport, 'udp'));

  test('RFC 4475 §3.1.1.10: any transport', () => assert.equal(via('SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bK3')?.transport, 'UNKNOWN'));

  test('names of parameters are compared without regard to case', () => {
    const parsed = via('SIP/2.0/UDP a;BRANCH=z9hG4bK1;Received=1.2.3.4;RPORT=7;MAddr=b')!;
    assert.deepEqual([parsed.branch, parsed.received, parsed.rport, parsed.maddr], ['z9hG4bK1', '1.2.3.4', 7, 'b']);
  });

  test('names that begin alike are others', () => {
    const parsed = via('SIP/2.0/UDP a;branchx=1;rportx;receive=1.2.3.4;maddress=b')!;
    assert.deepEqual([parsed.branch, parsed.received, parsed.rport, parsed.maddr], ['', '', -1, '']);
  });

  test('it ends at its comma', () => {
    const text = 'SIP/2.0/UDP a;x="," ,SIP/2.0/UDP b';
    const parsed = via(text)!;
    assert.equal(parsed.followed, true);
    assert.equal(text.slice(parsed.start, parsed.end), 'SIP/2.0/UDP a;x=","');
    assert.equal(parseVia(text, text.indexOf(',SIP') + 1, text.length)?.host, 'b');
  });

  for (const text of [
    '', 'SIP', 'SIP/2.0', 'SIP/2.0/', 'SIP/2.0/UDP', 'SIP/2.0/UDP ', 'SIP/2.0/UDP;branch=1', 'HTTP/2.0/UDP a', 'SIP/2.0 UDP a', 'SIP/2.0/UDP a b', 'SIP/2.0/UDP a;', 'SIP/2.0/UDP a;;x',
    'SIP/2.0/UDP a;x=', 'SIP/2.0/UDP a;x="', 'SIP/2.0/UDP a:', 'SIP/2.0/UDP a:0', 'SIP/2.0/UDP a:65536', 'SIP/2.0/UDP a:5060x', 'SIP/2.0/UDP [::1', 'SIP/2.0/UDP []', 'SIP/2.0/UDP [12]', 'SIP/2.0/UDP 192.0.2.15;;,;,,',
  ]) {
    test(`malformed: ${text}`, () => assert.equal(via(text), undefined));
  }

  test('§7.3.1 a parameter that routing reads MUST NOT stand twice', () => {
    for (const twice of ['branch=1;branch=2', 'received=1.1.1.1;received=2.2.2.2', 'rport;rport=7', 'maddr=a;MADDR=b']) assert.equal(via(`SIP/2.0/UDP a;${twice}`), undefined, twice);
  });
});

describe('RFC 3581 §3 rport', () => {
  test('without a value it is a question, with one an answer', () => {
    assert.equal(via('SIP/2.0/UDP a;rport')?.rport, 0);
    assert.equal(via('SIP/2.0/UDP a;rport=5061')?.rport, 5061);
  });

  test('a value that is no port makes the Via malformed', () => {
    for (const value of ['0', '65536', 'x', '-1']) assert.equal(via(`SIP/2.0/UDP a;rport=${value}`), undefined, value);
  });
});

describe('RFC 5118 §4.5 received', () => {
  test('with and without brackets; what follows is seen', () => {
    for (const received of ['[2001:db8::9:255]', '2001:db8::9:255']) {
      const parsed = via(`SIP/2.0/UDP [2001:db8::9:1];received=${received};branch=z9hG4bKas3-111`);
      assert.deepEqual([parsed?.received, parsed?.branch], [received, 'z9hG4bKas3-111']);
    }
  });
});

test('§8.1.1.7 the cookie and something after it', () => {
  assert.deepEqual(['z9hG4bK1', 'z9hG4bK', 'Z9HG4BK1', '390skdjuw', ''].map(hasMagicCookie), [true, false, false, false, false]);
});
