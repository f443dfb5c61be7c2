import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PACKAGED_ANNOUNCEMENT } from '../../src/config/media.ts';
import { encodeALaw, encodeMuLaw } from '../../src/media/g711.ts';
import { encodeSound, frameOf, loadSound } from '../../src/media/sound.ts';
import { readWav } from '../../src/media/wav.ts';
import { wav } from './wav-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'sound-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test('the packaged announcement is one that we can play: a few seconds, neither silent nor clipped', () => {
  const samples = readWav(readFileSync(PACKAGED_ANNOUNCEMENT));
  assert.ok(samples instanceof Int16Array);
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  assert.ok(samples.length > 8000 && samples.length < 40_000);
  assert.ok(loudest > 4000 && loudest < 30_000, `${loudest}`);
});

test('each repetition begins with a frame, the pause and what is missing to a frame is silence of either law', () => {
  const samples = new Int16Array(200).fill(5000);
  const sound = encodeSound(samples, { times: 2, pauseMs: 40 });
  // Two frames of sound, two of pause, two of sound.
  assert.equal(sound.frames, 6);
  for (const [payloadType, encode, silence] of [[0, encodeMuLaw, 0xff], [8, encodeALaw, 0xd5]] as const) {
    const loud = encode(5000);
    const frame = (index: number) => [...frameOf(sound, payloadType, index)];
    const partly = [...Array(40).fill(loud), ...Array(120).fill(silence)];
    assert.deepEqual([0, 1, 2, 3, 4, 5].map(frame), [
      Array(160).fill(loud), partly, Array(160).fill(silence), Array(160).fill(silence), Array(160).fill(loud), partly,
    ]);
  }
});

test('a file that is not there, is of another form or is too large is told by path and reason', async () => {
  const once = { times: 1, pauseMs: 0 };
  await assert.rejects(loadSound(join(folder, 'none.wav'), once), { code: 'media.sound', message: /Cannot read the announcement .*none\.wav: ENOENT/ });
  await assert.rejects(loadSound(file('music.wav', wav({ rate: 44_100, channels: 2 })), once), {
    code: 'media.sound',
    message: /Cannot play the announcement .*music\.wav: it is 44100 Hz, stereo, 16-bit PCM; expected 8000 Hz/,
  });
  const large = file('large.wav', wav());
  truncateSync(large, 10_000_000);
  await assert.rejects(loadSound(large, once), { code: 'media.sound', message: /more than 9600000 bytes/ });
});
