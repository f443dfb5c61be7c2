import type { ServedDomain } from '../../config/notations.ts';
import { isParseFailure, parseMessage } from '../../sip/message/parse-message.ts';
import type { AddressBlock } from '../../sip/resolve/next-hop-policy.ts';
import type { LocalSocket } from '../../sip/transport/transport.ts';
import { credentialsLine } from '../../ua/login.ts';
import { MemoryNetwork } from './memory-network.ts';

/** The network that is set aside for measurements (RFC 2544): nobody has an address there. */
export const PHONES_NETWORK: AddressBlock = { address: '198.18.0.0', prefixLength: 15, family: 4 };
/** Where the core listens. */
export const LOCAL: LocalSocket = { protocol: 'udp', address: '198.19.0.1', port: 5060, family: 4 };

/** Where a phone is. */
interface Place {
  readonly address: string;
  readonly port: number;
}

const CALLEE: Place = { address: '198.19.0.2', port: 5062 };
const CALLER_PORT = 5064;
/** Where the callers' addresses begin; each call has its own, or it would look like a flood. */
const CALLERS = '198.18';

const SDP = 'v=0\r\no=- 0 0 IN IP4 198.18.0.1\r\ns=-\r\nc=IN IP4 198.18.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n';

/** How often a request may wait: for credentials, for what a script asks of a database. */
const MAX_TURNS = 12;

/** How a call ends: the callee answers, refuses, or the caller gives up while it rings. */
export type Ending = 'answered' | 'refused' | 'cancelled';

/** How a phone writes. V8 compiles for the spellings that it has seen: these are of phones and test tools that are common. */
interface Manner {
  readonly displayName: string;
  /** Asks for `rport` (RFC 3581). */
  readonly rport: boolean;
  /** Writes Contact without angle brackets. */
  readonly bare: boolean;
  /** Names the port in addresses of record. */
  readonly port: boolean;
}

const MANNERS: readonly Manner[] = [
  { displayName: '', rport: true, bare: false, port: false },
  { displayName: '"Warm Up" ', rport: true, bare: false, port: false },
  { displayName: 'warmup ', rport: false, bare: true, port: true },
];

/** Two phones on a network in memory. */
export class SyntheticPhones {
  readonly network = new MemoryNetwork((text) => void this.#arrived.push(text));
  /** Calls that were answered, refused by the callee, or cancelled. */
  ended = 0;
  readonly #domain: ServedDomain;
  readonly #password: string;
  readonly #arrived: string[] = [];
  #number = 0;
  #cseq = 0;
  #isOver = false;
  #ending: Ending = 'answered';
  /** What the caller or the callee has asked for last. */
  #request = { method: '', uri: '', user: '', headers: '', place: CALLEE };

  constructor({ domain, password }: { domain: ServedDomain; password: string }) {
    this.#domain = domain;
    this.#password = password;
  }

  /** The callee registers; the script may challenge him, and may have to wait for its answer. */
  async register(): Promise<void> {
    this.#begin('callee', CALLEE.address, CALLEE.port);
    this.#ask('REGISTER', `sip:${this.#domain.host}`, 'Expires: 3600\r\n', '');
    await this.#settle();
  }

  /** Somebody calls him. */
  async call(ending: Ending): Promise<void> {
    this.#ending = ending;
    this.#begin('caller', `${CALLERS}.${(this.#number >> 8) & 255}.${this.#number & 255}`, CALLER_PORT);
    this.#ask('INVITE', `sip:callee@${this.#domain.host}`, 'Content-Type: application/sdp\r\n', SDP);
    await this.#settle();
  }

  #begin(user: string, address: string, port: number): void {
    this.#number += 1;
    this.#cseq = 1;
    this.#isOver = false;
    this.#request = { ...this.#request, user, place: { address, port } };
  }

  /** Carries messages until the request has come to its end, or nobody has anything to say any more. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      for (let next = this.#arrived.shift(); next !== undefined; next = this.#arrived.shift()) {
        if (next.startsWith('SIP/2.0 ')) this.#onResponse(next);
        else this.#onRequest(next);
      }
      if (this.#isOver) return;
      // A route waits for a stand-in, whose answer is there at once.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #ask(method: string, uri: string, headers: string, body: string): void {
    this.#request = { ...this.#request, method, uri, headers };
    this.#say(method, uri, { headers, body });
  }

  /** Sends a request of whoever is asking, in his manner. */
  #say(method: string, uri: string, { headers = '', body = '', to = '' }: { headers?: string; body?: string; to?: string } = {}): void {
    const { user, place } = this.#request;
    const { displayName, rport, bare, port } = MANNERS[this.#number % MANNERS.length]!;
    const address = `${place.address}:${place.port}`;
    const domain = port ? `${this.#domain.host}:${this.#domain.port ?? LOCAL.port}` : this.#domain.host;
    // CANCEL, and the ACK of a failure, belong to the transaction of the INVITE.
    const branch = method === 'CANCEL' || (method === 'ACK' && headers === '') ? 'INVITE' : method;
    const target = method === 'REGISTER' ? user : 'callee';
    const contact = `sip:${user}@${address}`;
    const text = [
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${address};branch=z9hG4bK-${this.#number}-${this.#cseq}-${branch}${rport ? ';rport' : ''}\r\n`,
      `Max-Forwards: 70\r\nFrom: ${displayName}<sip:${user}@${domain}>;tag=w${this.#number}\r\n`,
      to === '' ? `To: ${displayName}<sip:${target}@${domain}>\r\n` : to,
      `Call-ID: ${this.#number}@warm-up\r\nCSeq: ${this.#cseq} ${method}\r\nContact: ${bare ? contact : `<${contact}>`}\r\nUser-Agent: warm-up\r\n`,
      `${headers}Content-Length: ${body.length}\r\n\r\n${body}`,
    ].join('');
    this.#send(text, place);
  }

  #onResponse(text: string): void {
    const status = Number(text.slice(8, 11));
    const isInvite = /^CSeq: \d+ INVITE/m.test(text);
    if (status < 200) {
      if (isInvite && status === 180 && this.#ending === 'cancelled') this.#say('CANCEL', this.#request.uri);
      return;
    }
    if (!isInvite) {
      if (/^CSeq: \d+ BYE/m.test(text)) this.#end();
      else if (/^CSeq: \d+ REGISTER/m.test(text)) this.#isOver = status !== 401 || !this.#logIn(text);
      return;
    }
    const to = linesOf(text, /^To:.*\r\n/gim);
    if (status < 300) return this.#talk(text, to);
    this.#say('ACK', this.#request.uri, { to });
    if (status === 486 || status === 487) this.#end();
    else this.#isOver = !this.#logIn(text);
  }

  #end(): void {
    this.#isOver = true;
    this.ended += 1;
  }

  /** The call is answered: it is confirmed and hung up. */
  #talk(text: string, to: string): void {
    const route = linesOf(text, /^Record-Route:.*\r\n/gim).replace(/^Record-/gim, '');
    const uri = `sip:callee@${CALLEE.address}:${CALLEE.port}`;
    this.#say('ACK', uri, { headers: route === '' ? 'Subject: -\r\n' : route, to });
    this.#cseq += 1;
    this.#say('BYE', uri, { headers: route, to });
  }

  /** Answers a challenge; false when it cannot be answered, or the response is none. */
  #logIn(text: string): boolean {
    const response = parseMessage(text);
    if (isParseFailure(response)) return false;
    const { method, uri, user, headers } = this.#request;
    const line = credentialsLine(response, { user, password: this.#password }, { method, uri, answered: this.#cseq - 1 });
    if (line === undefined) return false;
    this.#cseq += 1;
    this.#say(method, uri, { headers: headers + line, body: method === 'INVITE' ? SDP : '' });
    return true;
  }

  #onRequest(text: string): void {
    const method = text.slice(0, text.indexOf(' '));
    if (method === 'ACK') return;
    if (method !== 'INVITE') {
      this.#reply(text, '200 OK', '');
      if (method === 'CANCEL') this.#reply(text.replace(/^CSeq: (\d+) CANCEL/m, 'CSeq: $1 INVITE'), '487 Request Terminated', '');
      return;
    }
    this.#reply(text, '180 Ringing', '');
    if (this.#ending === 'refused') this.#reply(text, '486 Busy Here', '');
    if (this.#ending === 'answered') this.#reply(text, '200 OK', SDP);
  }

  #reply(request: string, status: string, body: string): void {
    const copied = linesOf(request, /^(?:Via|From|To|Call-ID|CSeq|Record-Route):.*\r\n/gim).replace(/^(To:[^\r]*?>)\r\n/im, '$1;tag=callee\r\n');
    const contact = `Contact: <sip:callee@${CALLEE.address}:${CALLEE.port}>\r\n`;
    this.#send(`SIP/2.0 ${status}\r\n${copied}${contact}Content-Length: ${body.length}\r\n\r\n${body}`, CALLEE);
  }

  #send(text: string, from: Place): void {
    this.network.deliver(text, from.address, from.port);
  }
}

function linesOf(text: string, pattern: RegExp): string {
  return (text.slice(0, text.indexOf('\r\n\r\n') + 2).match(pattern) ?? []).join('');
}
