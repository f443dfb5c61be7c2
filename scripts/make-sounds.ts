/** Makes the sound of announcements, `sounds/announcement.wav`: three rising tones like small bells. Run it after a change here. */
import { mkdirSync, writeFileSync } from 'node:fs';

const RATE = 8000;
/** G4, C5 and E5, in Hz. */
const TONES = [392, 523.25, 659.25];
const TONE_S = 0.42;
/** The last tone rings out. */
const TAIL_S = 0.5;
/** A quarter of full scale: as loud as a voice on the phone. */
const LEVEL = 0.25 * 32_767;
const ATTACK_S = 0.008;
const DECAY_S = 0.16;

function bell(frequency: number, at: number): number {
  if (at < 0) return 0;
  const loudness = Math.min(1, at / ATTACK_S) * Math.exp(-at / DECAY_S);
  const turn = 2 * Math.PI * frequency * at;
  return loudness * (Math.sin(turn) + 0.25 * Math.sin(2 * turn) * Math.exp(-at / 0.05));
}

/** The form that `src/media/wav.ts` reads: 16-bit PCM, one channel. */
function wavFile(samples: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 2 * samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(2 * RATE, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(2 * samples.length, 40);
  const body = Buffer.alloc(2 * samples.length);
  samples.forEach((sample, index) => body.writeInt16LE(sample, 2 * index));
  return Buffer.concat([header, body]);
}

const lengthS = TONES.length * TONE_S + TAIL_S;
const samples = Int16Array.from({ length: Math.round(lengthS * RATE) }, (_, index) => {
  const at = index / RATE;
  const sum = TONES.reduce((all, frequency, tone) => all + bell(frequency, at - tone * TONE_S), 0);
  return Math.round(LEVEL * sum);
});

mkdirSync('sounds', { recursive: true });
writeFileSync('sounds/announcement.wav', wavFile(samples));
console.log(`sounds/announcement.wav: ${lengthS.toFixed(2)} s, loudest sample ${Math.max(...samples.map(Math.abs))}`);
