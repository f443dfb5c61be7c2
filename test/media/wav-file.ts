/** WAV files as recorders write them. */

export interface WavParts {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
  readonly data: Uint8Array;
}

export const PLAIN: WavParts = { tag: 1, channels: 1, rate: 8000, bits: 16, data: pcm([0, 1000, -1000, 32_767, -32_768]) };

export function pcm(samples: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * samples.length);
  samples.forEach((sample, index) => bytes.writeInt16LE(sample, 2 * index));
  return bytes;
}

export function chunk(id: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

export function formatChunk({ tag, channels, rate, bits }: WavParts, extra: Uint8Array = new Uint8Array()): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  return chunk('fmt ', Buffer.concat([format, extra]));
}

export function riff(...chunks: readonly Uint8Array[]): Buffer {
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
}

export function wav(changes: Partial<WavParts> = {}): Buffer {
  const parts = { ...PLAIN, ...changes };
  return riff(formatChunk(parts), chunk('data', parts.data));
}
