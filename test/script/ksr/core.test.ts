import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { coreRows } from '../../../src/script/ksr/core.ts';
import { callable, request, response, stage } from '../route-fixture.ts';

const ksr = callable(coreRows);

describe('KSR: methods', () => {
  const LETTERS = { INVITE: 'I', ACK: 'A', BYE: 'B', CANCEL: 'C', REGISTER: 'R', MESSAGE: 'M', OPTIONS: 'O', SUBSCRIBE: 'S', PUBLISH: 'P', NOTIFY: 'N', UPDATE: 'U', REFER: 'F', PRACK: 'E', GET: 'G', POST: 'T', PUT: 'V', DELETE: 'D', KDMQ: 'K' };

  for (const [method, letter] of Object.entries(LETTERS)) {
    test(`${method} is ${letter}`, () => {
      const route = stage().route(request({ method }));
      assert.equal(ksr(route, `is_${method}`), true);
      assert.equal(ksr(route, 'is_INFO'), false);
      assert.equal(ksr(route, 'is_method_in', `x${letter}`), true);
      assert.equal(ksr(route, 'is_method_in', letter.toLowerCase()), true);
      const others = Object.values(LETTERS).filter((other) => other !== letter).join('');
      assert.equal(ksr(route, 'is_method_in', others), false);
    });
  }
  test('INFO has no letter', () => {
    const route = stage().route(request({ method: 'INFO' }));
    assert.equal(ksr(route, 'is_INFO'), true);
    assert.equal(ksr(route, 'is_method_in', 'IABCRMOSPNUFEGTVDKinfo'), false);
  });
  test('is_method looks for whole names between bars', () => {
    const route = stage().route();
    assert.equal(ksr(route, 'is_method', 'BYE|INVITE'), true);
    assert.equal(ksr(route, 'is_method', 'BYE | INVITE'), true);
    assert.equal(ksr(route, 'is_method', 'REINVITE|INVITEE|INVITE2'), false);
    assert.equal(ksr(route, 'is_method', ''), false);
  });
  test('a reply has the method of its CSeq', () => assert.equal(ksr(stage().route(response()), 'is_INVITE'), true));
});

describe('KSR: where a message came from and who we are', () => {
  test('transports', () => {
    const udp = stage().route();
    const tcp = stage().route(request(), { source: { protocol: 'tcp', connectionId: 3 } });
    assert.deepEqual([ksr(udp, 'is_UDP'), ksr(udp, 'is_TCP'), ksr(udp, 'is_TLS')], [true, false, false]);
    assert.deepEqual([ksr(tcp, 'is_UDP'), ksr(tcp, 'is_TCP'), ksr(tcp, 'is_TCPX')], [false, true, true]);
    assert.equal(ksr(tcp, 'is_proto', 'eT'), true);
    assert.equal(ksr(udp, 'is_proto', 't'), false);
    assert.equal(ksr(udp, 'is_src_port', 5062), true);
    assert.equal(ksr(udp, 'is_dst_port', 5062), false);
    assert.equal(ksr(udp, 'is_IPv4'), true);
  });
  test('is_myself takes URIs, hosts and sockets', () => {
    const route = stage().route();
    for (const ours of ['sip:x@proxy.test', 'sip:proxy.test:5060', 'proxy.test', '10.0.0.1', '10.0.0.1:5060', 'udp:10.0.0.1:5060', 'SIP:x@PROXY.test']) assert.equal(ksr(route, 'is_myself', ours), true, ours);
    for (const other of ['sip:x@example.com', 'sip:proxy.test:5099', 'proxy.test.evil', '', 'sip:', '10.0.0.1:9']) assert.equal(ksr(route, 'is_myself', other), false, other);
  });
  test('is_myself of each URI', () => {
    const route = stage().route();
    assert.equal(ksr(route, 'is_myself_ruri'), true);
    assert.equal(ksr(route, 'is_myself_furi'), false);
    assert.equal(ksr(route, 'is_myself_turi'), true);
    assert.equal(ksr(route, 'is_myself_duri'), false);
    assert.equal(ksr(route, 'is_myself_srcip'), false);
    route.destinationUri = 'sip:192.0.2.9';
    assert.equal(ksr(route, 'is_myself_nhuri'), false);
    assert.equal(ksr(stage().route(request(), { source: { address: '10.0.0.1' } }), 'is_myself_srcip'), true);
  });
});

describe('KSR: flags', () => {
  for (const [set, reset, is] of [['setflag', 'resetflag', 'isflagset'], ['setbflag', 'resetbflag', 'isbflagset'], ['setsflag', 'resetsflag', 'issflagset']] as const) {
    test(`${set}: 0 to 31, and nothing else`, () => {
      const route = stage().route();
      for (const flag of [0, 5, 31]) {
        assert.equal(ksr(route, is, flag), false);
        assert.equal(ksr(route, set, flag), true);
        assert.equal(ksr(route, is, flag), true);
      }
      assert.equal(ksr(route, reset, 5), true);
      assert.deepEqual([0, 5, 31].map((flag) => ksr(route, is, flag)), [true, false, true]);
      for (const flag of [-1, 32]) for (const name of [set, reset, is]) assert.equal(ksr(route, name, flag), false);
    });
  }
  test('setbiflag: branch 0 is the Request-URI, others are appended ones', () => {
    const route = stage().route();
    route.appended.push(route.ownTarget());
    assert.equal(ksr(route, 'setbiflag', 3, 1), true);
    assert.equal(ksr(route, 'isbiflagset', 3, 1), true);
    assert.equal(ksr(route, 'isbflagset', 3), false);
    assert.equal(ksr(route, 'setbiflag', 3, 0), true);
    assert.equal(ksr(route, 'isbflagset', 3), true);
    assert.equal(ksr(route, 'setbiflag', 3, 2), false);
  });
});

describe('KSR: destination', () => {
  test('seturi, setuser and sethost write the Request-URI', () => {
    const route = stage().route();
    assert.equal(ksr(route, 'setuser', 'carol'), true);
    assert.equal(route.requestUri, 'sip:carol@proxy.test');
    assert.equal(ksr(route, 'sethost', 'example.org'), true);
    assert.equal(route.requestUri, 'sip:carol@example.org');
    assert.equal(ksr(route, 'seturi', 'sip:dave@192.0.2.4'), true);
    assert.equal(route.requestUri, 'sip:dave@192.0.2.4');
    assert.equal(ksr(route, 'seturi', 'a b\r\n'), false);
  });
  test('setdsturi is true even when the text was refused', () => {
    const route = stage().route();
    assert.equal(ksr(route, 'isdsturiset'), false);
    assert.equal(ksr(route, 'setdsturi', 'sip:a b'), true);
    assert.equal(ksr(route, 'isdsturiset'), false);
    assert.equal(ksr(route, 'setdsturi', 'sip:192.0.2.9'), true);
    assert.equal(ksr(route, 'isdsturiset'), true);
    assert.equal(ksr(route, 'resetdsturi'), true);
    assert.equal(ksr(route, 'isdsturiset'), false);
  });
  test('forward sends one copy without state, forward_uri to another place', () => {
    const scene = stage();
    const route = scene.route(request({ uri: 'sip:bob@192.0.2.20' }));
    assert.equal(ksr(route, 'forward'), 1);
    assert.equal(ksr(route, 'forward_uri', 'sip:192.0.2.30:5099'), 1);
    assert.deepEqual(scene.sent.map(({ destination }) => `${destination.address}:${destination.port}`), ['192.0.2.20:5060', '192.0.2.30:5099']);
    for (const { text } of scene.sent) {
      assert.match(text, /^INVITE sip:bob@192\.0\.2\.20 SIP\/2\.0\r\nVia: /);
      assert.equal(text.match(/^Via:/gm)!.length, 2);
    }
    assert.equal(ksr(scene.route(response()), 'forward'), -1);
    assert.equal(ksr(route, 'forward_uri', 'no uri'), -1);
  });
  test('force_rport and set_drop mark the route', () => {
    const route = stage().route();
    assert.equal(ksr(route, 'force_rport'), true);
    ksr(route, 'set_drop');
    assert.deepEqual([route.forceRport, route.dropped], [true, true]);
  });
  test('route gives -1: there are no native routes', () => assert.equal(ksr(stage().route(), 'route', 'RELAY'), -1));
});

describe('KSR: logging', () => {
  test('one line at its level with the Call-ID, no pseudo-variables expanded, the newline stripped', () => {
    const scene = stage();
    const route = scene.route();
    for (const name of ['dbg', 'info', 'notice', 'warn', 'err', 'crit']) ksr(route, name, 'to $ru\n');
    ksr(route, 'log', 'warn', 'w');
    ksr(route, 'log', 'L_INFO', 'x');
    assert.deepEqual(scene.logger.lines.map(({ level }) => level), ['debug', 'info', 'info', 'warn', 'error', 'error', 'warn', 'error']);
    assert.deepEqual(scene.logger.lines[0], { level: 'debug', message: 'to $ru', fields: { callId: 'call-1@example.com' } });
  });
  test('what a message brought along cannot forge a second line or steer a terminal', () => {
    const scene = stage();
    ksr(scene.route(), 'info', 'agent x\r\nERROR: forged\x1b[2J');
    assert.deepEqual(scene.logger.lines.map(({ message }) => message), ['agent x\\x0d\\x0aERROR: forged\\x1b[2J']);
  });
  test('nor turn the direction of writing', () => {
    const scene = stage();
    ksr(scene.route(), 'info', Buffer.from('a\u202eb\u2028c', 'utf8').toString('latin1'));
    assert.equal(scene.logger.lines[0]!.message, 'a\\u202eb\\u2028c');
  });
  test('UTF-8 in a message is readable', () => {
    const scene = stage();
    ksr(scene.route(), 'info', Buffer.from('Zoë', 'utf8').toString('latin1'));
    assert.equal(scene.logger.lines[0]!.message, 'Zoë');
  });
  test('dbg costs nothing when such lines are not written', () => {
    const scene = stage();
    scene.logger.debugEnabled = false;
    ksr(scene.route(), 'dbg', 'x');
    assert.deepEqual(scene.logger.lines, []);
    assert.equal(ksr(scene.route(), 'get_debug'), 2);
  });
});
