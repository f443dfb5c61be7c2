import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnnouncer, mediaAddress } from '../../src/app/announcements.ts';
import { Counters } from '../../src/base/counters.ts';
import { loadConfig } from '../../src/config/load.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

const configOf = (...overrides: readonly string[]) => loadConfig({ searchPaths: [], overrides }).config;
const own = (): string => '192.0.2.33';

test('phones are told media.address, else a numeric sip.advertise, else the only address of sip.listen, else one of the machine', () => {
  const address = (...overrides: readonly string[]) => mediaAddress(configOf(...overrides), own);
  assert.equal(address(), '192.0.2.33');
  assert.equal(address('sip.listen=udp:127.0.0.1:5060,tcp:127.0.0.1:5060'), '127.0.0.1');
  assert.equal(address('sip.listen=udp:127.0.0.1:5060,udp:[::1]:5060'), '192.0.2.33');
  assert.equal(address('sip.listen=udp:[::]:5060'), '192.0.2.33');
  assert.equal(address('sip.advertise=sip.example.com'), '192.0.2.33');
  assert.equal(address('sip.advertise=203.0.113.7', 'sip.listen=udp:127.0.0.1:5060'), '203.0.113.7');
  assert.equal(address('sip.advertise=203.0.113.7', 'media.address=2001:db8::7'), '2001:db8::7');
});

test('the packaged sound is played unless another is configured; one that is not there stops the start', async () => {
  const parts = { clock: new VirtualClock(), counters: new Counters(), policy: { refusal: () => undefined } };
  const ports = ['media.portMin=21300', 'media.portMax=21399', 'sip.listen=udp:127.0.0.1:5060'];
  const announcer = await createAnnouncer({ ...parts, config: configOf(...ports) });
  const session = await announcer.open();
  assert.match(session.offer, /c=IN IP4 127\.0\.0\.1\r\n[^]*m=audio 213\d\d RTP\/AVP 0 8\r\n/);
  announcer.close();
  await assert.rejects(createAnnouncer({ ...parts, config: configOf('media.announcement=/nowhere/at/all.wav') }), { code: 'media.sound' });
});

test('a range of ports without one in it is told', () => {
  assert.throws(() => configOf('media.portMin=41000'), /media\.portMax/);
});
