import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { OFFER, Phone, headerValue, statusOf, type RequestOptions } from './phone.ts';
import { startKamailio } from './kamailio.ts';
import { startService } from './sip-service.ts';
import { Stage } from './transcript.ts';

/**
 * The same script under a real Kamailio and under our node, compiled and interpreted: the same requests must come to the same
 * answers and be forwarded the same. Where we differ on purpose, both sides are written down with
 * the reason.
 */
const SCRIPT = 'bench/side-by-side/route.lua';
const FIRST_RESPONSE_MS = 1000;
const RING_MS = 1500;

const kamailio = await startKamailio(SCRIPT, [`modparam("tm", "fr_timer", ${FIRST_RESPONSE_MS})`, `modparam("tm", "fr_inv_timer", ${RING_MS})`]);
const ENGINES = ['compiled', 'interpreter'] as const;
const services = await Promise.all(ENGINES.map((engine) => startService([`script.path=${SCRIPT}`, `script.engine=${engine}`, `sip.frTimerMs=${FIRST_RESPONSE_MS}`, `sip.frInvTimerMs=${RING_MS}`])));
const theirs = await Stage.open(kamailio.port);
const ours = await Promise.all(services.map(({ port }) => Stage.open(port)));
after(async () => {
  for (const stage of [theirs, ...ours]) stage.close();
  await kamailio.close();
  for (const { node } of services) await node.close();
});

interface Scene {
  readonly rule: string;
  /** What the phones do, beyond being there with bob registered. */
  readonly play: (stage: Stage) => Promise<unknown> | void;
  /** Where we differ on purpose. Lines that are not named here are the same. */
  readonly differs?: { readonly kamailio: readonly string[]; readonly ours: readonly string[]; readonly because: string };
}

/** The request as it is, to `uri`; `{proxy}` is the server. */
function send(method: string, uri: string, options: RequestOptions = {}): Scene['play'] {
  return async (stage) => {
    const filled = (text: string): string => text.replaceAll('{proxy}', stage.proxy).replaceAll('{bob}', `127.0.0.1:${stage.bob.peer.port}`).replaceAll('{other}', `127.0.0.1:${stage.other.peer.port}`);
    const texts = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, filled(value as string)]));
    const attempt = stage.caller.send(method, { ...texts, uri: filled(uri) });
    // Without its ACK the failure of an INVITE would come again in another scene.
    if (method === 'INVITE') await attempt.final();
  };
}

/** The request with its text changed before it leaves. */
function sendChanged(method: string, change: (text: string) => string): (stage: Stage) => void {
  return ({ caller, proxy }) => {
    const branch = `z9hG4bK${caller.nextCSeq()}x${caller.peer.port}`;
    const options = { uri: `sip:bob@${proxy}`, to: `<sip:bob@${proxy}>`, callId: `${branch}@phone`, tag: 'c', headers: '', body: '' };
    caller.peer.send(change(caller.write(method, caller.nextCSeq(), branch, options)));
  };
}

async function callBob({ caller, proxy }: Stage, options: RequestOptions = {}) {
  const uri = `sip:bob@${proxy}`;
  return caller.send('INVITE', { uri, to: `<${uri}>`, body: OFFER, ...options });
}

/** A call that a phone refuses. */
function refused(status: number, headers = ''): Scene['play'] {
  return async (stage) => {
    const call = await callBob(stage);
    const invite = await stage.bob.ring();
    stage.bob.reply(invite, status, 'No', { headers });
    await stage.bob.receive('ACK');
    await call.final();
  };
}

/** A call to two phones, each of which answers as told; 0 lets it be cancelled. */
function forked(first: number, second: number): Scene['play'] {
  return async (stage) => {
    const { bob, other, proxy } = stage;
    await other.register({ to: `<sip:bob@${proxy}>`, from: `<sip:bob@${proxy}>` });
    await stage.begin();
    const call = await callBob(stage);
    const [a, b] = await Promise.all([bob.ring(), other.ring()]);
    const answer = async (phone: Phone, invite: string, status: number): Promise<void> => {
      if (status === 0) {
        await phone.endCancelled(invite);
        return;
      }
      phone.reply(invite, status, 'Answer');
      if (status >= 300) await phone.receive('ACK');
    };
    await answer(bob, a, first);
    await answer(other, b, second);
    await call.final();
    await other.register({ to: `<sip:bob@${proxy}>`, from: `<sip:bob@${proxy}>`, expiresS: 0 });
  };
}

const inDialog = { to: '<sip:bob@{proxy}>;tag=known' };

/** A REGISTER for carol; then her registrations are taken away. */
function registrations(rows: readonly (readonly [rule: string, contact: string, headers: string, differs?: Scene['differs']])[]): Scene[] {
  return rows.map(([rule, contact, headers, differs]) => ({
    rule,
    play: async ({ caller, proxy }) => {
      const carol = `<sip:carol@${proxy}>`;
      await caller.request('REGISTER', { to: carol, from: carol, contact, headers });
      await caller.request('REGISTER', { to: carol, from: carol, contact: '*', headers: 'Expires: 0\r\n' });
    },
    ...(differs === undefined ? {} : { differs }),
  }));
}

const SCENES: readonly Scene[] = [
  // Requests to the server itself, early checks.
  { rule: 'OPTIONS to the server', play: send('OPTIONS', 'sip:{proxy}') },
  { rule: 'OPTIONS of a scanner', play: send('OPTIONS', 'sip:{proxy}', { headers: 'User-Agent: friendly-scanner\r\n' }) },
  { rule: 'Max-Forwards of 0', play: sendChanged('OPTIONS', (text) => text.replace('Max-Forwards: 70', 'Max-Forwards: 0')) },
  { rule: 'INVITE with Max-Forwards of 0', play: sendChanged('INVITE', (text) => text.replace('Max-Forwards: 70', 'Max-Forwards: 0')) },
  { rule: 'Max-Forwards of 1 is forwarded as 0', play: sendChanged('MESSAGE', (text) => text.replace('Max-Forwards: 70', 'Max-Forwards: 1')) },
  { rule: 'no Max-Forwards: the script adds one', play: sendChanged('MESSAGE', (text) => text.replace('Max-Forwards: 70\r\n', '')) },
  { rule: 'Max-Forwards of 200 is lowered to the limit of the script', play: sendChanged('MESSAGE', (text) => text.replace('Max-Forwards: 70', 'Max-Forwards: 200')) },
  { rule: 'a URI scheme that nobody knows', play: sendChanged('OPTIONS', (text) => text.replace(/^OPTIONS sip:/, 'OPTIONS foo:')), differs: { kamailio: ['caller: 400 OPTIONS vias=1'], ours: ['caller: 416 OPTIONS vias=1'], because: '§16.3 step 2 names 416' } },
  { rule: 'a SIP version of the future', play: sendChanged('OPTIONS', (text) => text.replace(' SIP/2.0\r\n', ' SIP/7.0\r\n')), differs: { kamailio: [], ours: ['caller: 505 OPTIONS vias=1'], because: '§21.5.6: who speaks another version is told so' } },
  { rule: 'an unknown extension in Proxy-Require', play: send('OPTIONS', 'sip:bob@{proxy}', { headers: 'Proxy-Require: magic\r\n' }), differs: { kamailio: ['bob: OPTIONS sip:bob@BOB forwards=69 vias=2 recorded=0 routes=[]'], ours: ['caller: 420 OPTIONS vias=1'], because: '§16.3 step 5: a proxy must not forward what it does not understand; the script has not asked for this check' } },
  { rule: 'a CSeq of another method', play: sendChanged('OPTIONS', (text) => text.replace(/(CSeq: \d+) OPTIONS/, '$1 INVITE')) },
  { rule: 'no Call-ID', play: sendChanged('OPTIONS', (text) => text.replace(/Call-ID: .*\r\n/, '')), differs: { kamailio: [], ours: ['caller: 400 OPTIONS vias=1'], because: '§8.1.1: a request without it can still be answered' } },
  { rule: 'a malformed Expires', play: send('OPTIONS', 'sip:bob@{proxy}', { headers: 'Expires: soon\r\n' }) },

  // To users.
  { rule: 'INVITE to nobody', play: send('INVITE', 'sip:nobody@{proxy}') },
  { rule: 'INVITE without a user', play: send('INVITE', 'sip:{proxy}') },
  { rule: 'MESSAGE to nobody', play: send('MESSAGE', 'sip:nobody@{proxy}') },
  { rule: 'MESSAGE to a phone', play: send('MESSAGE', 'sip:bob@{proxy}') },
  { rule: 'OPTIONS to a phone', play: send('OPTIONS', 'sip:bob@{proxy}') },
  { rule: 'SUBSCRIBE to a phone is recorded', play: send('SUBSCRIBE', 'sip:bob@{proxy}', { headers: 'Event: presence\r\n' }) },
  { rule: 'an unknown method to a phone', play: send('FROBNICATE', 'sip:bob@{proxy}') },
  { rule: 'a user in capitals', play: send('MESSAGE', 'sip:BOB@{proxy}') },
  { rule: 'parameters of the Request-URI', play: send('MESSAGE', 'sip:bob@{proxy};user=phone;x=y') },
  { rule: 'compact header names', play: sendChanged('MESSAGE', (text) => text.replace('Via:', 'v:').replace('From:', 'f:').replace('To:', 't:').replace('Call-ID:', 'i:').replace('Contact:', 'm:').replace('Content-Length:', 'l:')) },
  { rule: 'a folded header', play: sendChanged('MESSAGE', (text) => text.replace('Content-Length', 'Subject: one\r\n two\r\nContent-Length')) },
  { rule: 'a request to another place is relayed', play: send('MESSAGE', 'sip:x@{other}') },
  { rule: 'a Route of the sender outside of a dialog is removed', play: send('MESSAGE', 'sip:bob@{proxy}', { headers: 'Route: <sip:{other};lr>\r\n' }) },

  // Dialogs.
  { rule: 'BYE of a dialog without a Route', play: send('BYE', 'sip:bob@{proxy}', inDialog) },
  { rule: 'BYE along a loose route', play: send('BYE', 'sip:bob@{bob}', { ...inDialog, headers: 'Route: <sip:{proxy};lr>\r\n' }) },
  { rule: 'BYE along two loose routes', play: send('BYE', 'sip:bob@{bob}', { ...inDialog, headers: 'Route: <sip:{proxy};lr>, <sip:{other};lr>\r\n' }) },
  { rule: 'BYE along two Route headers', play: send('BYE', 'sip:bob@{bob}', { ...inDialog, headers: 'Route: <sip:{proxy};lr>\r\nRoute: <sip:{other};lr>\r\n' }) },
  { rule: 'BYE with a Route of somebody else', play: send('BYE', 'sip:bob@{bob}', { ...inDialog, headers: 'Route: <sip:{other};lr>\r\n' }) },
  { rule: 'BYE from a strict router', play: send('BYE', 'sip:{proxy};lr', { ...inDialog, headers: 'Route: <sip:bob@{bob}>\r\n' }) },
  { rule: 'ACK of nothing, without a Route', play: send('ACK', 'sip:bob@{proxy}', inDialog) },
  { rule: 'ACK along a loose route', play: send('ACK', 'sip:bob@{bob}', { ...inDialog, headers: 'Route: <sip:{proxy};lr>\r\n' }) },
  { rule: 'CANCEL without INVITE', play: send('CANCEL', 'sip:bob@{proxy}') },

  // Calls.
  {
    rule: 'a call that is answered and ended',
    play: async (stage) => {
      const call = await callBob(stage);
      stage.bob.reply(await stage.bob.ring(), 200, 'OK', { body: OFFER });
      const answer = await call.final();
      call.inDialog('ACK', answer);
      await stage.bob.receive('ACK');
      const bye = call.inDialog('BYE', answer);
      stage.bob.reply(await stage.bob.receive('BYE'), 200, 'OK');
      await bye.response();
    },
  },
  ...[300, 302, 401, 404, 407, 480, 486, 488, 500, 503, 600, 603].map((status) => ({ rule: `a call that the phone refuses with ${status}`, play: refused(status, status === 401 || status === 407 ? 'WWW-Authenticate: Digest realm="x", nonce="y"\r\n' : '') })),
  {
    rule: 'a call that is cancelled',
    play: async (stage) => {
      const call = await callBob(stage);
      const invite = await stage.bob.ring();
      await call.ringing();
      await Promise.all([call.cancel(), stage.bob.endCancelled(invite)]);
      await call.final();
    },
  },
  {
    rule: 'a retransmitted INVITE is absorbed',
    play: async (stage) => {
      const call = await callBob(stage);
      const invite = await stage.bob.ring();
      stage.caller.peer.send(call.request);
      stage.caller.peer.send(call.request);
      await stage.caller.fence();
      stage.bob.reply(invite, 486, 'Busy');
      await stage.bob.receive('ACK');
      await call.final();
      stage.caller.peer.send(call.request);
    },
  },
  { rule: 'a phone that says nothing: 408', play: async (stage) => statusOf(await (await callBob(stage)).final(8000)) },
  {
    rule: 'a phone that only rings is cancelled: 408',
    play: async (stage) => {
      const call = await callBob(stage);
      await stage.bob.endCancelled(await stage.bob.ring());
      await call.final(8000);
    },
  },
  { rule: 'two phones, both refuse: 486 and 404', play: forked(486, 404) },
  { rule: 'two phones, both refuse: 404 and 486', play: forked(404, 486) },
  { rule: 'two phones, both refuse: 500 and 486', play: forked(500, 486) },
  { rule: 'two phones, one declines for good: 603', play: forked(603, 0) },
  { rule: 'two phones, one answers', play: forked(200, 0) },

  // Registrations.
  { rule: 'REGISTER with an empty Contact', play: (stage) => stage.caller.request('REGISTER', { contact: '' }), differs: { kamailio: ['caller: 400 REGISTER vias=1 contacts=0', 'caller: 500 REGISTER vias=1 contacts=0'], ours: ['caller: 400 REGISTER vias=1 contacts=0'], because: 'a request is answered once: sl_reply_error after an answer does nothing' } },
  ...registrations([
    ['REGISTER adds a contact', '<sip:carol@127.0.0.1:5999>', 'Expires: 600\r\n'],
    ['REGISTER of two contacts', '<sip:carol@127.0.0.1:5999>, <sip:carol@127.0.0.1:5998>;q=0.5', ''],
    ['REGISTER removes a contact that is not there', '<sip:carol@127.0.0.1:5999>;expires=0', ''],
    ['REGISTER * with Expires: 0', '*', 'Expires: 0\r\n'],
    ['REGISTER * with Expires: 3600', '*', 'Expires: 3600\r\n', { kamailio: ['caller: 400 REGISTER vias=1 contacts=0', 'caller: 500 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], ours: ['caller: 400 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], because: 'a request is answered once: sl_reply_error after an answer does nothing' }],
    ['REGISTER * beside another contact', '*, <sip:carol@127.0.0.1:5999>', 'Expires: 0\r\n', { kamailio: ['caller: 200 REGISTER vias=1 contacts=0'], ours: ['caller: 400 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], because: '§10.2.2: * stands alone' }],
    ['REGISTER for a second', '<sip:carol@127.0.0.1:5999>', 'Expires: 1\r\n', { kamailio: ['caller: 200 REGISTER vias=1 contacts=1', 'caller: 200 REGISTER vias=1 contacts=0'], ours: ['caller: 423 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], because: '§10.3 step 7: too brief is refused with Min-Expires, not lengthened' }],
    ['REGISTER for 2^32 seconds', '<sip:carol@127.0.0.1:5999>', 'Expires: 4294967296\r\n', { kamailio: ['caller: 200 REGISTER vias=1 contacts=0'], ours: ['caller: 400 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], because: 'the number does not fit: Kamailio reads 0 and takes the registration away' }],
    ['REGISTER with q=7', '<sip:carol@127.0.0.1:5999>;q=7', '', { kamailio: ['caller: 400 REGISTER vias=1 contacts=0', 'caller: 500 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], ours: ['caller: 400 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], because: 'a request is answered once: sl_reply_error after an answer does nothing' }],
    ['REGISTER of a contact that is no URI', '<carol>', '', { kamailio: ['caller: 200 REGISTER vias=1 contacts=1', 'caller: 200 REGISTER vias=1 contacts=0'], ours: ['caller: 400 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], because: 'nobody could be called there' }],
    ['REGISTER of a tel: contact', '<tel:+123>', '', { kamailio: ['caller: 200 REGISTER vias=1 contacts=1', 'caller: 200 REGISTER vias=1 contacts=0'], ours: ['caller: 400 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], because: 'nobody could be called there' }],
    ['REGISTER of twelve contacts', Array.from({ length: 12 }, (_, i) => `<sip:c${i}@127.0.0.1>`).join(', '), '', { kamailio: ['caller: 200 REGISTER vias=1 contacts=12', 'caller: 200 REGISTER vias=1 contacts=0'], ours: ['caller: 503 REGISTER vias=1 contacts=0', 'caller: 200 REGISTER vias=1 contacts=0'], because: 'registrar.maxContacts is 10 unless told otherwise; Kamailio has no limit unless told' }],
  ]),

  // Strays and smuggling.
  {
    rule: 'a 200 that nobody asked for, with the Via of the server on top',
    differs: { kamailio: ['other: 200 MESSAGE vias=1'], ours: [], because: 'RFC 6026 §8.9: strays are dropped' },
    play: ({ caller, other, proxy }) =>
      caller.peer.send(`SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP ${proxy};branch=z9hG4bKstray\r\nVia: SIP/2.0/UDP 127.0.0.1:${other.peer.port};branch=z9hG4bKv\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: stray\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n`),
  },
  { rule: 'a bare LF inside of a header', play: sendChanged('MESSAGE', (text) => text.replace('Content-Length', 'Subject: a\nX-Evil: b\r\nContent-Length')), differs: { kamailio: ['bob: MESSAGE sip:bob@BOB forwards=69 vias=2 recorded=0 routes=[]'], ours: ['caller: 400 MESSAGE vias=1'], because: 'two readers could disagree on what the headers are' } },
];

async function transcriptOf(stage: Stage, scene: Scene): Promise<string[]> {
  const { bob } = stage;
  assert.equal(statusOf(await bob.register()), 200);
  await stage.begin();
  await scene.play(stage);
  const seen = await stage.transcript();
  // What the scene has left open is answered, so that nothing of it turns up in the next one.
  for (const phone of [bob, stage.other]) {
    for (const request of phone.peer.received.splice(0)) if (statusOf(request) === 0 && !request.startsWith('ACK ')) phone.reply(request, headerValue(request, 'CSeq').endsWith('INVITE') ? 480 : 200, 'Over');
  }
  await stage.begin();
  return seen;
}

describe('the same script under Kamailio and under both engines of this service', () => {
  for (const scene of SCENES) {
    test(scene.rule, async () => {
      const { differs } = scene;
      const kamailioSaw = await transcriptOf(theirs, scene);
      if (differs !== undefined) assert.deepEqual(kamailioSaw, differs.kamailio, 'Kamailio does what the difference says');
      for (const [index, engine] of ENGINES.entries()) {
        const weSaw = await transcriptOf(ours[index]!, scene);
        assert.deepEqual(weSaw, differs?.ours ?? kamailioSaw, `${engine}: ${differs?.because ?? 'as Kamailio'}`);
      }
    });
  }
});
