/** The service speaks into calls, over real RTP: to a phone of other people, and to one whose every packet is seen. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PACKAGED_ANNOUNCEMENT } from '../../src/config/media.ts';
import { readAnswer } from '../../src/media/answer.ts';
import { readRtp, type RtpPacket } from '../../src/media/rtp.ts';
import { loadSound } from '../../src/media/sound.ts';
import { readWav } from '../../src/media/wav.ts';
import { until } from '../jobs/until.ts';
import { Baresip } from './baresip.ts';
import { Phone } from './phone.ts';
import { DOMAIN, ScriptCopy, startDefaultService } from './sip-service.ts';

const REPETITION = { times: 2, pauseMs: 200 };

const script = new ScriptCopy((original) => `${original}
function ksr_rtimer_calls()
  while KSR.mqueue.mq_fetch("begin") > 0 do
    KSR.sipweet.call("sip:" .. KSR.mqueue.mqv_get("begin") .. "@${DOMAIN}", "", '{"id":' .. KSR.sipweet.json_string(KSR.mqueue.mqk_get("begin")) .. ',"toName":"Reminder","onEvent":"on_call"}')
  end
end
function on_call(event)
  KSR.mqueue.mq_add("call-event", KSR.sipweet.json_get(event, "event"), event)
end
`);
const jobs: { readonly key: string; readonly value: string }[] = [];
const service = await startDefaultService(
  [
    `script.path=${script.path}`,
    'script.timers={"calls":{"route":"ksr_rtimer_calls","intervalMs":20}}',
    'script.mqueues={"begin":{"direction":"in"},"call-event":{"direction":"out"},"missed-call":{"direction":"out"}}',
    'media.portMin=21400',
    'media.portMax=21499',
    `media.repeat=${REPETITION.times}`,
    `media.pauseMs=${REPETITION.pauseMs}`,
  ],
  { inboxes: { take: (queue) => (queue === 'begin' ? jobs.shift() : undefined), size: () => jobs.length } },
);
const folder = mkdtempSync(join(tmpdir(), 'sipweet-heard-'));
after(async () => {
  await service.node.close();
  script.remove();
  rmSync(folder, { recursive: true, force: true });
});

const steps = (): unknown[] => service.outbox.events.splice(0).map(({ value }) => (JSON.parse(value) as { event: string }).event);

test('a phone that picks up gets the whole sound from the port of the offer, then BYE', async () => {
  const alice = await Phone.open(service.port, { user: 'alice' });
  const ear = createSocket('udp4').bind(0, '127.0.0.1');
  await once(ear, 'listening');
  const heard: (RtpPacket & { readonly from: number })[] = [];
  ear.on('message', (bytes, source) => heard.push({ ...readRtp(bytes)!, from: source.port }));
  await alice.register();
  jobs.push({ key: 'a-1', value: 'alice' });
  const invite = await alice.ring();
  const offer = readAnswer(invite.slice(invite.indexOf('\r\n\r\n') + 4));
  assert.ok('port' in offer && offer.address === '127.0.0.1' && offer.port >= 21_400 && offer.port <= 21_499, invite);
  alice.reply(invite, 200, 'OK', { body: `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${ear.address().port} RTP/AVP 8\r\n` });
  await alice.receive('ACK');
  const bye = await alice.receive('BYE', 15_000);
  alice.reply(bye, 200, 'OK');
  ear.close();
  alice.close();
  const sound = await loadSound(PACKAGED_ANNOUNCEMENT, REPETITION);
  assert.deepEqual(Buffer.concat(heard.map(({ payload }) => payload)), Buffer.from(sound.encoded[8]));
  assert.deepEqual([...new Set(heard.map(({ from }) => from))], [offer.port]);
  await until('the script was told', () => service.outbox.events.length === 4);
  assert.deepEqual(steps(), ['ringing', 'answered', 'connected', 'ended']);
});

test('baresip hears it: its recording has the sound, twice, with the pause between', async () => {
  const bob = await Baresip.start({ user: 'bob', proxyPort: service.port, answers: true, recordsTo: folder });
  await until('bob is registered', () => service.node.registrar.lookup('bob', DOMAIN).length === 1);
  jobs.push({ key: 'a-2', value: 'bob' });
  await bob.event('CALL_ESTABLISHED');
  await bob.event('CALL_CLOSED', 15_000);
  const name = readdirSync(folder).find((file) => file.endsWith('-dec.wav'));
  assert.ok(name !== undefined, readdirSync(folder).join(' '));
  await bob.close();
  const recorded = readWav(readFileSync(join(folder, name)));
  assert.ok(recorded instanceof Int16Array, JSON.stringify(recorded));
  const original = readWav(readFileSync(PACKAGED_ANNOUNCEMENT)) as Int16Array;
  // A phone's jitter buffer moves the sound and may drop some of it, so loudness is compared, not samples.
  assert.ok(recorded.length > 1.5 * original.length, `${recorded.length}`);
  const ratio = loudness(recorded) / (REPETITION.times * loudness(original));
  assert.ok(ratio > 0.8 && ratio < 1.2, `${ratio}`);
});

/** The energy of a sound. */
function loudness(samples: Int16Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}
