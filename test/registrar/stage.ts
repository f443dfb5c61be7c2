/** A registrar with its index on a virtual clock, and REGISTER requests as text. */
import assert from 'node:assert/strict';
import { Counters } from '../../src/base/counters.ts';
import { LocationIndex } from '../../src/registrar/location-index.ts';
import type { LocationSink } from '../../src/registrar/location-sink.ts';
import type { RegisterRules, SaveOptions } from '../../src/registrar/register.ts';
import { Registrar, type SaveResult } from '../../src/registrar/registrar.ts';
import { isParseFailure, parseMessage } from '../../src/sip/message/parse-message.ts';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import type { Source } from '../../src/sip/transport/transport.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

export const RULES: RegisterRules = {
  minExpiresS: 60,
  defaultExpiresS: 3600,
  maxExpiresS: 3600,
  maxContacts: 10,
  maxBindings: 1000,
  retryAfterS: 10,
  useDomain: false,
};

/** The phone of the tests: what it says of itself is true. */
export const PHONE = sourceOf('udp', '192.0.2.10', 5060);

export function sourceOf(protocol: 'udp' | 'tcp', address: string, port: number, connectionId = 0): Source {
  return { protocol, address, port, connectionId, local: { protocol, address: '198.51.100.1', port: 5060, family: 4 } };
}

export interface RegisterText {
  readonly user?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly via?: string;
  /** Further header lines without their CRLF. */
  readonly lines?: readonly string[];
}

/** A REGISTER with these Contact values, each in a header field of its own. */
export function register(contacts: readonly string[], more: RegisterText = {}): SipMessage {
  const aor = more.to ?? `<sip:${more.user ?? 'alice'}@example.com>`;
  return parse([
    'REGISTER sip:example.com SIP/2.0',
    `Via: ${more.via ?? 'SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bK1'}`,
    'Max-Forwards: 70',
    `From: ${aor};tag=1`,
    `To: ${aor}`,
    `Call-ID: ${more.callId ?? 'c1@192.0.2.10'}`,
    `CSeq: ${more.cseq ?? 1} REGISTER`,
    ...contacts.map((contact) => `Contact: ${contact}`),
    ...(more.lines ?? []),
    'Content-Length: 0',
  ]);
}

/** A message of these lines, through the real parser. */
export function parse(lines: readonly string[]): SipMessage {
  const message = parseMessage(`${lines.join('\r\n')}\r\n\r\n`);
  assert.ok(!isParseFailure(message), JSON.stringify(message));
  return message;
}

export class Stage {
  readonly clock: VirtualClock;
  readonly counters = new Counters();
  readonly index: LocationIndex;
  readonly registrar: Registrar;

  constructor(rules: Partial<RegisterRules> = {}, sink?: LocationSink, clock = new VirtualClock()) {
    this.clock = clock;
    const all = { ...RULES, ...rules };
    this.index = new LocationIndex({ clock: this.clock, useDomain: all.useDomain });
    const { counters, index } = this;
    this.registrar = new Registrar({ rules: all, clock, counters, index, ...(sink === undefined ? {} : { sink }) });
  }

  save(contacts: readonly string[], more: RegisterText = {}, options: SaveOptions = {}, source = PHONE): SaveResult {
    return this.registrar.save(register(contacts, more), source, options);
  }

  /** The contact URIs of a user as routing gets them. */
  contacts(user = 'alice', domain = 'example.com'): string[] {
    return this.registrar.lookup(user, domain).map((binding) => binding.contact);
  }
}

/** The Contact header field of an answer, one value an element. */
export function contactValues(result: SaveResult): string[] {
  const line = result.headers.split('\r\n').find((header) => header.startsWith('Contact: '));
  return line === undefined ? [] : line.slice('Contact: '.length).split(', ');
}
