import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EditList } from '../../../src/sip/message/edit-list.ts';
import { noteSource, viaWithSource } from '../../../src/sip/message/via-source.ts';
import { message, refused, messageText } from './messages.ts';

function noted(via: string, source: { address: string; port: number }, forceRport = false): string {
  const request = message({ Via: via });
  const edits = new EditList();
  noteSource(request, source, edits, forceRport);
  return edits.apply(request.raw, request.valueStart(0), request.valueEnd(0));
}

const SOURCE = { address: '192.0.2.7', port: 1024 };

test('RFC 3581 §4: a value for rport where it stands, and received at the end', () => {
  assert.equal(noted('SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff', SOURCE), 'SIP/2.0/UDP 10.1.1.1:4540;rport=1024;branch=z9hG4bKkjshdyff;received=192.0.2.7');
});

test('§18.2.1: received alone when rport was not asked for', () => {
  assert.equal(noted('SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK1', SOURCE), 'SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK1;received=192.0.2.7');
});

test('nothing when sent-by tells the source', () => {
  assert.equal(noted('SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1', SOURCE), 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1');
});

test('a false received is put right where it stands, a right one stays', () => {
  assert.equal(noted('SIP/2.0/UDP a.example.com;received=1.2.3.4;branch=z9hG4bK1', SOURCE), 'SIP/2.0/UDP a.example.com;received=192.0.2.7;branch=z9hG4bK1');
  assert.equal(noted('SIP/2.0/UDP a.example.com;received=192.0.2.7;branch=z9hG4bK1', SOURCE), 'SIP/2.0/UDP a.example.com;received=192.0.2.7;branch=z9hG4bK1');
});

test('forced rport is added only when there is none', () => {
  assert.equal(noted('SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1', SOURCE, true), 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1;rport=1024;received=192.0.2.7');
  assert.equal(noted('SIP/2.0/UDP 192.0.2.7;rport=9;branch=z9hG4bK1', SOURCE, true), 'SIP/2.0/UDP 192.0.2.7;rport=9;branch=z9hG4bK1');
});

test('a Via without parameters', () => {
  assert.equal(noted('SIP/2.0/UDP 10.1.1.1', SOURCE), 'SIP/2.0/UDP 10.1.1.1;received=192.0.2.7');
  assert.equal(noted('SIP/2.0/UDP 10.1.1.1 : 5060 , SIP/2.0/UDP b', SOURCE), 'SIP/2.0/UDP 10.1.1.1 : 5060;received=192.0.2.7 , SIP/2.0/UDP b');
});

test('RFC 5118 §4.5: received with brackets is put right without', () => {
  assert.equal(noted('SIP/2.0/UDP [2001:db8::9];received=[2001:db8::9];branch=z9hG4bK1', { address: '2001:db8::9', port: 5060 }), 'SIP/2.0/UDP [2001:db8::9];received=2001:db8::9;branch=z9hG4bK1');
});

test('a malformed Via is left alone', () => {
  const request = refused(messageText({ Via: 'SIP/2.0/UDP ;;' })).message!;
  assert.equal(viaWithSource(request, 0, SOURCE, true), 'Via: SIP/2.0/UDP ;;\r\n');
});
