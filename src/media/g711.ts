/**
 * The two codecs of ITU-T G.711: a 16-bit sample becomes a byte whose steps grow with loudness. Both take
 * the sample's upper bits (14 for mu-law, 13 for A-law), and both have silence that is not zero.
 */

/** What is added to a magnitude before its segment is looked for; it makes the first segment like the others. */
const MU_BIAS = 0x84;
const MU_CLIP = 32_635;

/** Mu-law and A-law for a pause: the byte of sample 0. */
export const MU_LAW_SILENCE = 0xff;
export const A_LAW_SILENCE = 0xd5;

/** One linear sample, -32768 to 32767, as its byte of mu-law (G.711 table 2). */
export function encodeMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
  // The segment is where the highest bit stands, counted from bit 7.
  const segment = 24 - Math.clz32(magnitude);
  const step = (magnitude >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | step) & 0xff;
}

/** The middle of the interval that a byte of mu-law stands for. */
export function decodeMuLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + MU_BIAS) << ((bits >> 4) & 0x07)) - MU_BIAS;
  // There are two bytes of zero, and `-0` is no sample.
  return (bits & 0x80) === 0 ? magnitude : 0 - magnitude;
}

/** One linear sample, -32768 to 32767, as its byte of A-law (G.711 table 1), whose even bits are inverted. */
export function encodeALaw(sample: number): number {
  const bits = sample >> 3;
  const sign = bits >= 0 ? 0x80 : 0;
  // One's complement: -1 is in the interval next to zero, as 0 is.
  const magnitude = bits >= 0 ? bits : ~bits;
  const segment = Math.max(0, 27 - Math.clz32(magnitude));
  const step = (magnitude >> Math.max(1, segment)) & 0x0f;
  return (sign | (segment << 4) | step) ^ 0x55;
}

/** The middle of the interval that a byte of A-law stands for. */
export function decodeALaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 0x07;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}
