import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMessage } from '../../../fuzz/check-message.ts';
import { messageText } from './messages.ts';

/**
 * Texts of up to 64 KiB that make a careless parser slow. Each is parsed, read, answered and
 * forwarded at a quarter of its size and at the whole: four times the size may take some four
 * times as long, where something quadratic takes sixteen times.
 */
const LIMITS = { maxMessageBytes: 70_000, maxHeaders: 70_000 };
const FULL = 60_000;
/** Below this a time says more of the machine than of the parser. */
const NEGLIGIBLE_MS = 4;
const MOST_TIMES_LONGER = 8;
/** A neighbour on the machine slows some rounds down, what is quadratic slows all of them down. */
const MOST_ROUNDS = 40;

/** `pattern` as often as fits into `bytes`. */
const fill = (pattern: string, bytes: number): string => pattern.repeat(Math.floor(bytes / pattern.length));

const HOSTILE: Readonly<Record<string, (bytes: number) => string>> = {
  'commas in Contact': (bytes) => messageText({ Contact: fill(',', bytes) }),
  'a long list of contacts': (bytes) => messageText({ Contact: `${fill('<sip:a@b>,', bytes)}<sip:a@b>` }),
  'contacts with quoted commas': (bytes) => messageText({ Contact: `${fill('"a, b" <sip:a@b>;x=",",', bytes)}<sip:a@b>` }),
  'a long list of routes that never close': (bytes) => messageText({ Route: fill('<sip:a@b,', bytes) }),
  'routes of which each opens a quote': (bytes) => messageText({ Route: Array.from({ length: bytes / 20 }, () => '"a <sip:r;lr>') }),
  'semicolons in From': (bytes) => messageText({ From: `<sip:a@b>${fill(';', bytes)}` }),
  'parameters of From': (bytes) => messageText({ From: `<sip:a@b>${fill(';a=1', bytes)};tag=1` }),
  'parameters of a URI': (bytes) => messageText({ To: `<sip:a@b${fill(';a=1', bytes)}>` }),
  'a user part of escapes': (bytes) => messageText({ To: `<sip:${fill('%41', bytes)}@b>` }),
  'a Request-URI of semicolons': (bytes) => messageText({}, { start: `INVITE sip:${fill(';', bytes)} SIP/2.0` }),
  'quotes that do not close': (bytes) => messageText({ From: fill('"\\"', bytes) }),
  'quotes that open and close': (bytes) => messageText({ From: `${fill('""', bytes)}<sip:a@b>` }),
  'backslashes': (bytes) => messageText({ From: `"${fill('\\', bytes)}` }),
  'NULs as quoted pairs': (bytes) => messageText({ Subject: `"${fill('\\\0', bytes)}"` }),
  'opening brackets': (bytes) => messageText({ To: fill('<', bytes) }),
  'a display name of tokens': (bytes) => messageText({ To: `${fill('a ', bytes)}<sip:a@b>` }),
  'one folded header field': (bytes) => messageText({ Subject: fill('x\r\n ', bytes) }),
  'a field of folds alone': (bytes) => messageText({ Subject: fill('\r\n ', bytes) }),
  'blanks': (bytes) => messageText({ Subject: `${fill(' \t', bytes)}x` }),
  'blanks before a colon': (bytes) => messageText({ [`Subject${fill(' ', bytes)}`]: 'x' }),
  'blanks behind a value': (bytes) => messageText({ Subject: `x${fill(' ', bytes)}` }),
  '3000 header fields': (bytes) => messageText({ X: Array.from({ length: bytes / 20 }, () => 'abcdefghijklmno') }),
  '3000 empty Contact fields': (bytes) => messageText({ m: Array.from({ length: bytes / 20 }, () => '<sip:a@b.example>') }),
  '500 Via fields': (bytes) => messageText({ Via: Array.from({ length: bytes / 120 }, (_, at) => `SIP/2.0/UDP host-${at}.example.com;branch=z9hG4bK${fill('x', 70)}`) }),
  '500 Vias in one field': (bytes) => messageText({ Via: Array.from({ length: bytes / 120 }, (_, at) => `SIP/2.0/UDP host-${at}.example.com;branch=z9hG4bK${fill('x', 70)}`).join(',') }),
  'parameters of Via': (bytes) => messageText({ Via: `SIP/2.0/UDP a;branch=z9hG4bK1${fill(';a', bytes)}` }),
  'colons of an IPv6 address': (bytes) => messageText({ Via: `SIP/2.0/UDP [${fill(':', bytes)}]` }),
  'digits': (bytes) => messageText({ CSeq: `${fill('0', bytes)}1 INVITE`, 'Content-Length': fill('0', 10) }),
  'empty lines before the start': (bytes) => fill('\r\n', bytes) + messageText(),
  'NULs in the body': (bytes) => messageText({}, { body: fill('\0', bytes) }),
  'line ends in the body': (bytes) => messageText({}, { body: fill('\r\n\r\n ', bytes) }),
  'a line that does not end': (bytes) => messageText() + fill('a', bytes).replace(/^/, '\r\n'),
  'no line end at all': (bytes) => fill('a', bytes),
};

function onceMs(text: string): number {
  const startMs = performance.now();
  checkMessage(text, LIMITS);
  return performance.now() - startMs;
}

for (const [name, make] of Object.entries(HOSTILE)) {
  test(`the time grows with the size and no faster: ${name}`, () => {
    const small = make(FULL / 4);
    const large = make(FULL);
    let quarterMs = Number.POSITIVE_INFINITY;
    let fullMs = Number.POSITIVE_INFINITY;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      quarterMs = Math.min(quarterMs, onceMs(small));
      fullMs = Math.min(fullMs, onceMs(large));
      if (fullMs <= Math.max(NEGLIGIBLE_MS, quarterMs * MOST_TIMES_LONGER)) return;
    }
    assert.fail(`${quarterMs.toFixed(2)} ms for a quarter, ${fullMs.toFixed(2)} ms for the whole`);
  });
}
