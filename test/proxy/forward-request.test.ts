import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasNoHopLeft, writeForwarded } from '../../src/proxy/forward-request.ts';
import { RequestEdits } from '../../src/proxy/request-edits.ts';
import { target, type Target } from '../../src/proxy/target.ts';
import type { Hop } from '../../src/sip/endpoint/endpoint.ts';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import type { Source } from '../../src/sip/transport/transport.ts';
import { parsed, values } from './messages.ts';
import { request } from './proxy-fixture.ts';

const SOURCE: Source = { protocol: 'udp', address: '203.0.113.9', port: 5090, local: { protocol: 'udp', address: '192.0.2.1', port: 5060, family: 4 }, connectionId: 0 };
const HOP: Hop = { branch: 'z9hG4bKours', sentBy: '192.0.2.1:5060', protocol: 'udp', receivedBy: '192.0.2.1:5060', receivedProtocol: 'udp' };

interface Case {
  readonly text?: string;
  readonly edits?: RequestEdits;
  readonly to?: Target;
  readonly hop?: Partial<Hop>;
  readonly breadth?: number;
  readonly source?: Partial<Source>;
  readonly forceRport?: boolean;
}

function forwarded({ text = request(), edits = new RequestEdits(), to = target('sip:bob@198.51.100.2'), hop = {}, breadth = -1, source = {}, forceRport = false }: Case = {}): SipMessage {
  return parsed(writeForwarded({ request: parsed(text), source: { ...SOURCE, ...source }, forceRport }, edits, to, { ...HOP, ...hop }, breadth));
}

describe('§16.6', () => {
  test('step 1: what is not touched is copied byte by byte, body included', () => {
    const text = request({ headers: 'X-Odd:  spaced \n\tand folded\n', body: 'a\0b\xff' }).replace(/\n/g, '\r\n');
    const copy = forwarded({ text }).raw;
    assert.ok(copy.includes('X-Odd:  spaced \r\n\tand folded\r\n'));
    assert.ok(copy.endsWith('\r\n\r\na\0b\xff'));
  });

  test('step 2: the Request-URI is that of the target', () => {
    assert.equal(forwarded({ to: target('sip:bob@198.51.100.2;ob') }).requestUriText, 'sip:bob@198.51.100.2;ob');
  });

  test('step 3: Max-Forwards is lowered by one, once', () => {
    assert.deepEqual(values(forwarded(), 'Max-Forwards'), ['69']);
    assert.deepEqual(values(forwarded({ text: request().replace('Max-Forwards: 70', 'Max-Forwards: 1') }), 'Max-Forwards'), ['0']);
    const message = parsed(request());
    const edits = new RequestEdits();
    edits.replace(message.valueStart(message.fieldsNamed('Max-Forwards')[0]!), message.valueEnd(message.fieldsNamed('Max-Forwards')[0]!), '10');
    assert.deepEqual(values(forwarded({ edits }), 'Max-Forwards'), ['10'], 'a script has done it');
  });

  test('step 3: Max-Forwards is added where it is missing, once', () => {
    const text = request().replace('Max-Forwards: 70\n', '');
    assert.deepEqual(values(forwarded({ text }), 'Max-Forwards'), ['70']);
    const edits = new RequestEdits();
    edits.insert(parsed(text).headerEnd, 'Max-Forwards: 20\r\n');
    assert.deepEqual(values(forwarded({ text, edits }), 'Max-Forwards'), ['20']);
  });

  test('§16.3 step 3: with none left a request may not be forwarded, unless a script has set it anew', () => {
    const message = parsed(request().replace('Max-Forwards: 70', 'Max-Forwards: 0'));
    assert.equal(hasNoHopLeft(message, new RequestEdits()), true);
    const edits = new RequestEdits();
    edits.replace(message.valueStart(message.fieldsNamed('Max-Forwards')[0]!), message.valueEnd(message.fieldsNamed('Max-Forwards')[0]!), '10');
    assert.equal(hasNoHopLeft(message, edits), false);
    assert.equal(hasNoHopLeft(parsed(request()), new RequestEdits()), false);
  });

  test('step 4: Record-Route is added only when asked for, before the others, with lr and its parameters', () => {
    const text = request({ headers: 'Record-Route: <sip:first.example.com;lr>\n' });
    assert.deepEqual(values(forwarded({ text }), 'Record-Route'), ['<sip:first.example.com;lr>']);
    const edits = new RequestEdits();
    edits.addRecordRoute(';ftag=a1');
    assert.deepEqual(values(forwarded({ text, edits }), 'Record-Route'), ['<sip:192.0.2.1:5060;lr;ftag=a1>', '<sip:first.example.com;lr>']);
  });

  test('step 4: two values when the request leaves by another socket, each side on its own', () => {
    const edits = new RequestEdits();
    edits.addRecordRoute('');
    const values2 = values(forwarded({ edits, hop: { protocol: 'tcp' } }), 'Record-Route');
    assert.deepEqual(values2, ['<sip:192.0.2.1:5060;transport=tcp;r2=on;lr>', '<sip:192.0.2.1:5060;r2=on;lr>']);
  });

  test('step 6: the Path of a binding becomes the Route of its branch (RFC 3327)', () => {
    const message = forwarded({ to: target('sip:bob@198.51.100.2', { path: '<sip:edge.example.com;lr>' }) });
    assert.deepEqual(values(message, 'Route'), ['<sip:edge.example.com;lr>']);
  });

  test('step 8: our Via is the topmost, whichever header stands first', () => {
    const text = request().replace(/(Via: .*\n)(Max-Forwards: .*\n)/, '$2$1');
    const vias = forwarded({ text }).vias();
    assert.deepEqual(vias.map((via) => `${via.transport} ${via.host}:${via.port} ${via.branch}`), ['UDP 192.0.2.1:5060 z9hG4bKours', 'UDP 203.0.113.9:5090 z9hG4bKcaller1']);
    assert.equal(forwarded({ hop: { protocol: 'tcp' } }).via!.transport, 'TCP');
  });

  test('step 8: with several Vias in one field ours still comes first', () => {
    const text = request().replace(/Via: (.*)\n/, 'v: $1, SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKbefore\n');
    assert.deepEqual(forwarded({ text }).vias().map((via) => via.branch), ['z9hG4bKours', 'z9hG4bKcaller1', 'z9hG4bKbefore']);
  });

  test('step 9: over a stream Content-Length is added where it is missing', () => {
    const text = request({ body: 'four' }).replace('Content-Length: 4\n', '');
    assert.deepEqual(values(forwarded({ text, hop: { protocol: 'tcp' } }), 'Content-Length'), ['4']);
    assert.deepEqual(values(forwarded({ text }), 'Content-Length'), []);
    assert.deepEqual(values(forwarded({ hop: { protocol: 'tcp' } }), 'Content-Length'), ['0']);
  });
});

describe('§18.2.1 what is noted on the Via of the previous hop', () => {
  const below = (source: Partial<Source>, forceRport = false, text = request()): string => values(forwarded({ text, source, forceRport }), 'Via')[1]!;

  test('received when sent-by is not the source address', () => {
    assert.doesNotMatch(below({}), /received/);
    assert.match(below({ address: '203.0.113.77' }), /;received=203\.0\.113\.77$/);
  });

  test('RFC 3581 §4: the source port for rport, and received with it', () => {
    const text = request().replace(';branch', ';rport;branch');
    assert.match(below({ port: 40_000 }, false, text), /;rport=40000;branch=z9hG4bKcaller1;received=203\.0\.113\.9$/);
    assert.match(below({ port: 40_000 }, true), /;rport=40000;received=203\.0\.113\.9$/);
  });
});

describe('RFC 5393 §5.3.3 Max-Breadth', () => {
  test('is set to the share of the branch', () => {
    assert.deepEqual(values(forwarded({ text: request({ headers: 'Max-Breadth: 60\n' }), breadth: 20 }), 'Max-Breadth'), ['20']);
    assert.deepEqual(values(forwarded({ breadth: 20 }), 'Max-Breadth'), ['20']);
  });

  test('is left as it is for a request that does not fork and has none', () => {
    assert.deepEqual(values(forwarded(), 'Max-Breadth'), []);
  });
});
