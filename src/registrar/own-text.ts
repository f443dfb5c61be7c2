/** Below this many characters V8 copies a slice anyway. */
const SHORTEST_SLICE = 13;

/**
 * The same one-byte text in memory of its own. A slice of a message keeps the whole message alive,
 * and what a binding keeps it keeps for an hour.
 */
export function ownText(text: string): string {
  return text.length < SHORTEST_SLICE ? text : Buffer.from(text, 'latin1').toString('latin1');
}

/** `known` when it is the same text, else a copy of `text`: what a refreshed binding repeats costs no memory. */
export function keepText(known: string | undefined, text: string): string {
  return known === text ? known : ownText(text);
}
