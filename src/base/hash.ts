/**
 * FNV-1a over the characters of `text`, two lanes of 32 bits, as 14 characters or fewer of base 36.
 * For names that must come out the same each time and need no secrecy beyond `seed`.
 */
export function shortHash(text: string, seed: number): string {
  let a = (0x811c9dc5 ^ seed) >>> 0;
  let b = (0x050c5d1f ^ seed) >>> 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000197) + at;
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}
