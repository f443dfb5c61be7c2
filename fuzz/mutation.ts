/** Random changes of messages, repeatable by their seed. */
import type { Random } from './random.ts';

/** What parsers stumble over. */
const PIECES = [
  '\r\n', '\r', '\n', '\0', '\r\n ', '\r\n\t', '\r\n\r\n', ' ', '\t', '"', '\\', '\\"', '\\\0', '<', '>', ',', ';', ':', '=', '@', '?', '%', '%00', '%zz', '[', ']', '[::1]', '/', '*', '#', '(', ')',
  'SIP/2.0', 'SIP/2.0/UDP', 'sip:', 'sips:', 'tel:', 'urn:x:y', '\x7f', '\x80', '\xff', '\xc3\xa4', '-1', '0', '4294967296', '99999999999999999999', '65536', ';rport', ';rport=', ';received=1.2.3.4', ';branch=z9hG4bK', ';maddr=x', ';tag=', ';lr',
  '\r\nVia: SIP/2.0/UDP x', '\r\nv: SIP/2.0/TCP y;branch=z9hG4bKy', '\r\nContact: *', '\r\nm: <sip:a@b>', '\r\nRoute: <sip:r;lr>', '\r\nl: 0', '\r\nContent-Length: 10', '\r\nMax-Forwards: 0', '\r\nTo: <sip:x@y>', '\r\nTimestamp: 1', '\r\nRecord-Route: <sip:rr>',
] as const;

const MAX_CHANGES = 6;

/** `text` with one to six changes, mostly few: octets put in, taken out, doubled, swapped, lines moved, the end cut off, another message's middle put in. */
export function mutate(text: string, other: string, random: Random): string {
  for (let changes = 1 + Math.min(random(MAX_CHANGES), random(MAX_CHANGES)); changes > 0; changes -= 1) text = change(text, other, random);
  return text;
}

function change(text: string, other: string, random: Random): string {
  const at = random(text.length + 1);
  const to = Math.min(text.length, at + random(12));
  switch (random(9)) {
    case 0:
    case 1:
    case 2:
      return text.slice(0, at) + PIECES[random(PIECES.length)]! + text.slice(at);
    case 3:
      return text.slice(0, at) + text.slice(to);
    case 4:
      return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
    case 5:
      return text.slice(0, to) + text.slice(at, to).repeat(1 + random(4)) + text.slice(to);
    case 6: {
      const lines = text.split('\r\n');
      const [moved] = lines.splice(random(lines.length), 1);
      lines.splice(random(lines.length + 1), random(2), moved!);
      return lines.join('\r\n');
    }
    case 7:
      return random(4) === 0 ? text.slice(0, at) : text;
    default: {
      const from = random(other.length + 1);
      return text.slice(0, at) + other.slice(from, from + random(60)) + text.slice(at);
    }
  }
}
