/**
 * A script's texts are bytes, one character each, as messages are. What leaves this process for a
 * database or a queue is ordinary text, and comes back as such; both are UTF-8 on the wire.
 */
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Bytes to ordinary text; a byte that is no UTF-8 becomes U+FFFD. */
export function fromWireText(wire: string): string {
  return BEYOND_ASCII.test(wire) ? Buffer.from(wire, 'latin1').toString('utf8') : wire;
}

/** Ordinary text to its UTF-8 bytes, one character each. */
export function toWireText(text: string): string {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}
