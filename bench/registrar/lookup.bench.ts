/**
 * The registrar with 100,000 registered users: what a look-up costs on the way of every call, a
 * refresh of a binding, and the memory of a user. Run with
 * `node --expose-gc --import tsx bench/registrar/lookup.bench.ts`.
 */
import { performance } from 'node:perf_hooks';
import { Counters } from '../../src/base/counters.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { LocationIndex } from '../../src/registrar/location-index.ts';
import { Registrar } from '../../src/registrar/registrar.ts';
import { isParseFailure, parseMessage } from '../../src/sip/message/parse-message.ts';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import type { Source } from '../../src/sip/transport/transport.ts';
import { isGate, measure } from '../measure.ts';

const USERS = 100_000;

const clock = new SystemClock();
const index = new LocationIndex({ clock, useDomain: false });
const registrar = new Registrar({
  clock,
  index,
  counters: new Counters(),
  rules: { minExpiresS: 60, defaultExpiresS: 3600, maxExpiresS: 3600, maxContacts: 10, maxBindings: 500_000, retryAfterS: 10, useDomain: false },
});
const source: Source = {
  protocol: 'udp',
  address: '192.0.2.10',
  port: 5060,
  connectionId: 0,
  local: { protocol: 'udp', address: '198.51.100.1', port: 5060, family: 4 },
};

function register(user: number, cseq: number, device = ''): SipMessage {
  // As it comes from a socket: one flat string that nobody else has.
  const text = Buffer.from(
    [
      'REGISTER sip:example.com SIP/2.0',
      `Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bK${user}-${cseq}`,
      'Max-Forwards: 70',
      `From: <sip:user${user}@example.com>;tag=${user}`,
      `To: <sip:user${user}@example.com>`,
      `Call-ID: ${user}${device}-5f2b8c0d9e@192.0.2.10`,
      `CSeq: ${cseq} REGISTER`,
      `Contact: <sip:user${user}@192.0.2.10:5060;ob>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-${String(user).padStart(12, '0')}>"`,
      'User-Agent: Acme Desk Phone 7/12.0.3',
      'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER',
      'Expires: 3600',
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n'),
    'latin1',
  ).toString('latin1');
  const message = parseMessage(text);
  if (isParseFailure(message)) throw new Error(message.failure);
  return message;
}

function saveAll(cseq: number): number {
  const messages = 10_000;
  let spentMs = 0;
  for (let start = 0; start < USERS; start += messages) {
    const batch = Array.from({ length: messages }, (_, offset) => register(start + offset, cseq));
    const startMs = performance.now();
    for (const message of batch) save(message);
    spentMs += performance.now() - startMs;
  }
  return (spentMs * 1e6) / USERS;
}

function save(message: SipMessage): number {
  const { status } = registrar.save(message, source);
  if (status !== 200) throw new Error('refused');
  return status;
}

function usedHeap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

const heapBefore = usedHeap();
const newUser = saveAll(1);
if (!isGate) {
  console.log(`registrar/save, new user  ${Math.round(newUser)} ns/op`);
  console.log(`registrar/memory of a user, of ${USERS}  ${Math.round((usedHeap() - heapBefore) / USERS)} bytes`);
}

// Two phones of a user in turn: a REGISTER of another Call-ID is taken whatever its CSeq, so two are enough.
const refreshes = Array.from({ length: 2000 }, (_, at) => register(at % 1000, 2, at < 1000 ? 'a' : 'b'));
measure('registrar/save, refresh', (call) => save(refreshes[call % refreshes.length]!));

// All of them in turn, so that memory is what it costs; then a few that stay in the processor's caches. The gate
// asks for so few that it does not matter who else is using them.
for (const busy of isGate ? [64] : [USERS, 1000]) {
  const names = Array.from({ length: busy }, (_, user) => register((user * 7919) % USERS, 1).to!.uri!.user);
  measure(`registrar/lookup, ${busy} of ${USERS} users`, (call) => registrar.lookup(names[call % busy]!, 'example.com').length);
}
