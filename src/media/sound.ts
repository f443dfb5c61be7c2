import { readFile } from 'node:fs/promises';
import { AppError, errorText } from '../base/errors.ts';
import { A_LAW_SILENCE, MU_LAW_SILENCE, encodeALaw, encodeMuLaw } from './g711.ts';
import { MAX_SAMPLES, SAMPLE_RATE, readWav } from './wav.ts';

/** Samples, and bytes of either law, in a packet: 20 ms, what every phone takes (RFC 3551 §4.2). */
export const FRAME_SAMPLES = 160;
export const FRAME_MS = (FRAME_SAMPLES / SAMPLE_RATE) * 1000;

/** Static payload types (RFC 3551 §6). */
export const PCMU = 0;
export const PCMA = 8;
export type PayloadType = typeof PCMU | typeof PCMA;

/** An announcement in whole frames, in both laws: encoded once, sent to many. */
export interface Sound {
  readonly frames: number;
  readonly encoded: Readonly<Record<PayloadType, Uint8Array>>;
}

/** How often a sound is played, and what lies between. */
export interface Repetition {
  readonly times: number;
  readonly pauseMs: number;
}

/** A WAV file of some megabytes holds five minutes, whatever else is in it. */
const MAX_FILE_BYTES = 4 * MAX_SAMPLES;

/**
 * Reads and encodes a WAV file. The pauses are silence that is sent like sound: a stream without gaps is what
 * the plainest phone can play, and what keeps a NAT open.
 *
 * @throws AppError `media.sound` when it cannot be read or is of another form
 */
export async function loadSound(path: string, repetition: Repetition): Promise<Sound> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    throw new AppError('media.sound', `Cannot read the announcement ${path}: ${errorText(thrown)}`, { cause: thrown });
  }
  const samples = bytes.length > MAX_FILE_BYTES ? { problem: `it has more than ${MAX_FILE_BYTES} bytes` } : readWav(bytes);
  if ('problem' in samples) throw new AppError('media.sound', `Cannot play the announcement ${path}: ${samples.problem}`);
  return encodeSound(samples, repetition);
}

/** Each repetition begins with a frame of its own; what is missing to its last frame is silence. */
export function encodeSound(samples: Int16Array, { times, pauseMs }: Repetition): Sound {
  const own = Math.ceil(samples.length / FRAME_SAMPLES);
  const pause = Math.ceil(pauseMs / FRAME_MS);
  const frames = times * own + (times - 1) * pause;
  const encode = (silence: number, one: (sample: number) => number): Uint8Array => {
    const whole = new Uint8Array(frames * FRAME_SAMPLES).fill(silence);
    const once = Uint8Array.from(samples, one);
    for (let round = 0; round < times; round += 1) whole.set(once, round * (own + pause) * FRAME_SAMPLES);
    return whole;
  };
  return { frames, encoded: { [PCMU]: encode(MU_LAW_SILENCE, encodeMuLaw), [PCMA]: encode(A_LAW_SILENCE, encodeALaw) } };
}

/** The payload of frame number `index`. */
export function frameOf(sound: Sound, payloadType: PayloadType, index: number): Uint8Array {
  return sound.encoded[payloadType].subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES);
}
