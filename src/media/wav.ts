import { decodeALaw, decodeMuLaw } from './g711.ts';

/** What telephones speak: 8000 samples a second, one channel. */
export const SAMPLE_RATE = 8000;

/** Longer sounds than five minutes are no announcement; at the limit the file is refused. */
export const MAX_SAMPLES = 300 * SAMPLE_RATE;

const PCM = 1;
const A_LAW = 6;
const MU_LAW = 7;
/** The real format stands in the first two bytes of a GUID at the end of the chunk. */
const EXTENSIBLE = 0xfffe;

const EXPECTED = `${SAMPLE_RATE} Hz, mono, 16-bit PCM, mu-law or A-law`;

/** Why a file is none that we can play, in words for people. */
export interface WavProblem {
  readonly problem: string;
}

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/** A part of a RIFF file: where its bytes stand. */
interface Chunk {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a WAV file: a RIFF container with a `fmt ` and a `data` chunk among any others, in any order.
 * Files of another rate, width or number of channels are not converted.
 *
 * @returns linear samples, or what was found in place of what was expected
 */
export function readWav(bytes: Uint8Array): Int16Array | WavProblem {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || fourCharacters(view, 0) !== 'RIFF' || fourCharacters(view, 8) !== 'WAVE') {
    return { problem: `it is no WAV file; expected ${EXPECTED}` };
  }
  let format: Format | undefined;
  let data: Chunk | undefined;
  for (const chunk of chunksOf(view)) {
    if (chunk.id === 'fmt ') format ??= readFormat(view, chunk);
    if (chunk.id === 'data') data ??= chunk;
  }
  if (format === undefined) return { problem: 'it has no chunk that tells its format' };
  if (data === undefined) return { problem: 'it has no chunk with sound' };
  const found = describe(format);
  const width = widthOf(format);
  if (format.rate !== SAMPLE_RATE || format.channels !== 1 || width === undefined) return { problem: `it is ${found}; expected ${EXPECTED}` };
  const samples = Math.floor((data.end - data.start) / width);
  if (samples === 0) return { problem: 'it has no sound in it' };
  if (samples > MAX_SAMPLES) return { problem: `it is longer than ${MAX_SAMPLES / SAMPLE_RATE} seconds` };
  return decode(view, data.start, samples, format.tag);
}

/** The chunks that lie within the file. One that says it is longer is cut: a recorder that was killed leaves such files. */
function* chunksOf(view: DataView): Generator<Chunk> {
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const start = at + 8;
    const length = view.getUint32(at + 4, true);
    yield { id: fourCharacters(view, at), start, end: Math.min(start + length, view.byteLength) };
    // Chunks begin at even places.
    at = start + length + (length % 2);
  }
}

function readFormat(view: DataView, { start, end }: Chunk): Format | undefined {
  if (end - start < 16) return undefined;
  const tag = view.getUint16(start, true);
  return {
    tag: tag === EXTENSIBLE && end - start >= 26 ? view.getUint16(start + 24, true) : tag,
    channels: view.getUint16(start + 2, true),
    rate: view.getUint32(start + 4, true),
    bits: view.getUint16(start + 14, true),
  };
}

/** Bytes of a sample; undefined for an encoding that we do not read. */
function widthOf({ tag, bits }: Format): number | undefined {
  if (tag === PCM && bits === 16) return 2;
  return (tag === MU_LAW || tag === A_LAW) && bits === 8 ? 1 : undefined;
}

function decode(view: DataView, start: number, samples: number, tag: number): Int16Array {
  if (tag === PCM) return Int16Array.from({ length: samples }, (_, index) => view.getInt16(start + 2 * index, true));
  const one = tag === MU_LAW ? decodeMuLaw : decodeALaw;
  return Int16Array.from({ length: samples }, (_, index) => one(view.getUint8(start + index)));
}

function describe({ tag, channels, rate, bits }: Format): string {
  const names: Readonly<Record<number, string>> = { [PCM]: 'PCM', 3: 'floating-point PCM', [A_LAW]: 'A-law', [MU_LAW]: 'mu-law' };
  const encoding = names[tag] ?? `encoding ${tag}`;
  const heard = channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`;
  return `${rate} Hz, ${heard}, ${bits}-bit ${encoding}`;
}

function fourCharacters(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}
