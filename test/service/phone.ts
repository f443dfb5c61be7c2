import { randomHex } from '../../src/base/ids.ts';
import { answerChallenge } from '../../src/sip/auth/answer.ts';
import { DOMAIN, Peer } from './sip-service.ts';

const COMPACT: Readonly<Record<string, string>> = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact', l: 'content-length' };

/** Values of a header of a message in order, one a line. Only for what our own phones and servers write. */
export function headerValues(text: string, name: string): string[] {
  const [head = ''] = text.split('\r\n\r\n', 1);
  return head
    .split('\r\n')
    .slice(1)
    .flatMap((line) => {
      const colon = line.indexOf(':');
      const found = line.slice(0, colon).trim().toLowerCase();
      return (COMPACT[found] ?? found) === name.toLowerCase() ? [line.slice(colon + 1).trim()] : [];
    });
}

export function headerValue(text: string, name: string): string {
  return headerValues(text, name)[0] ?? '';
}

/** The status of a response; 0 for a request. */
export function statusOf(text: string): number {
  return Number(/^SIP\/2\.0 (\d{3}) /.exec(text)?.[1] ?? 0);
}

export function methodOf(text: string): string {
  return /^([A-Z]+) /.exec(text)?.[1] ?? '';
}

/** The URI of the first name-addr in a header value. */
export function uriIn(value: string): string {
  return /<([^>]*)>/.exec(value)?.[1] ?? '';
}

export interface PhoneOptions {
  /** User part of the phone's address, and the name to log in with. */
  readonly user: string;
  readonly password?: string;
  readonly domain?: string;
  /** Bound address; another one of 127.0.0.0/8 is another machine. */
  readonly address?: string;
}

/** What a request says that is not the usual. */
export interface RequestOptions {
  readonly uri?: string;
  /** Values of From (without its tag) and To. */
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly contact?: string;
  /** Whole header lines, each with its CRLF. */
  readonly headers?: string;
  readonly body?: string;
  /** The name that the challenge is answered with. */
  readonly loginAs?: string;
}

export const OFFER = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n';

/**
 * A phone whose every message the test sees: it writes requests, answers challenges, and replies to
 * requests as told. It does not retransmit; on loopback nothing gets lost.
 */
export class Phone {
  readonly peer: Peer;
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  #cseq = 0;

  private constructor(peer: Peer, options: PhoneOptions) {
    this.peer = peer;
    this.user = options.user;
    this.password = options.password ?? `${options.user}-pw`;
    this.domain = options.domain ?? DOMAIN;
  }

  static async open(proxyPort: number, options: PhoneOptions): Promise<Phone> {
    return new Phone(await Peer.open(proxyPort, options.address), options);
  }

  close(): void {
    this.peer.close();
  }

  get contact(): string {
    return `<sip:${this.user}@${this.peer.address}:${this.peer.port}>`;
  }

  nextCSeq(): number {
    this.#cseq += 1;
    return this.#cseq;
  }

  /** The text of a request outside of a dialog. */
  write(method: string, cseq: number, branch: string, options: RequestOptions & { readonly tag: string }): string {
    const own = `<sip:${this.user}@${this.domain}>`;
    const { body = '' } = options;
    return (
      `${method} ${options.uri ?? `sip:${this.domain}`} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP ${this.peer.address}:${this.peer.port};branch=${branch};rport\r\n` +
      `Max-Forwards: 70\r\nFrom: ${options.from ?? own};tag=${options.tag}\r\nTo: ${options.to ?? own}\r\n` +
      `Call-ID: ${options.callId ?? ''}\r\nCSeq: ${cseq} ${method}\r\nContact: ${options.contact ?? this.contact}\r\n` +
      `${options.headers ?? ''}${body === '' ? '' : 'Content-Type: application/sdp\r\n'}Content-Length: ${body.length}\r\n\r\n${body}`
    );
  }

  /** The header line that answers a 401 or 407. */
  authorization(challenge: string, method: string, uri: string, { username = this.user, count = 1 }: { readonly username?: string; readonly count?: number } = {}): string {
    const proxy = statusOf(challenge) === 407;
    const challenges = headerValues(challenge, proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate');
    const value = answerChallenge({ challenges, method, uri, username, password: this.password, cnonce: '0123456789abcdef', nonceCount: count });
    if (value === undefined) throw new Error(`the challenge cannot be answered: ${challenge}`);
    return `${proxy ? 'Proxy-Authorization' : 'Authorization'}: ${value}\r\n`;
  }

  /** Sends a request outside of a dialog, answers one challenge, and gives the final response. */
  async request(method: string, options: RequestOptions = {}): Promise<string> {
    return (await this.start(method, options)).final();
  }

  /** The same, but gives the transaction that the final response, or a challenge, will end. */
  async start(method: string, options: RequestOptions = {}): Promise<Attempt> {
    const callId = options.callId ?? `${randomHex(6)}@phone`;
    const tag = randomHex(4);
    const uri = options.uri ?? `sip:${this.domain}`;
    const first = this.send(method, { ...options, callId, tag });
    const answer = await first.next((status) => status >= 100);
    if (statusOf(answer) !== 401 && statusOf(answer) !== 407) return first.seen(answer);
    first.acknowledge(answer);
    const authorization = this.authorization(answer, method, uri, options.loginAs === undefined ? {} : { username: options.loginAs });
    return this.send(method, { ...options, callId, tag, headers: authorization + (options.headers ?? '') });
  }

  register(options: RequestOptions & { readonly expiresS?: number } = {}): Promise<string> {
    const { expiresS = 3600, headers = '' } = options;
    return this.request('REGISTER', { ...options, headers: `Expires: ${expiresS}\r\n${headers}` });
  }

  /** Begins a call to a user of the domain, past the challenge. */
  call(user: string, options: RequestOptions = {}): Promise<Attempt> {
    const uri = options.uri ?? `sip:${user}@${this.domain}`;
    return this.start('INVITE', { to: `<${uri}>`, body: OFFER, ...options, uri });
  }

  /** The next request of that method that this phone receives. */
  async receive(method: string, deadlineMs?: number): Promise<string> {
    return this.peer.take((text) => methodOf(text) === method, deadlineMs);
  }

  /** Answers a request that it has received. */
  reply(request: string, status: number, reason: string, { headers = '', body = '' }: { readonly headers?: string; readonly body?: string } = {}): void {
    const to = headerValue(request, 'To');
    const tag = /;tag=/.test(to) || status === 100 ? '' : `;tag=${this.user}${this.peer.port}`;
    const copied = ['Via', 'Record-Route'].flatMap((name) => headerValues(request, name).map((value) => `${name}: ${value}\r\n`)).join('');
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n';
    this.peer.send(
      `SIP/2.0 ${status} ${reason}\r\n${copied}From: ${headerValue(request, 'From')}\r\nTo: ${to}${tag}\r\n` +
        `Call-ID: ${headerValue(request, 'Call-ID')}\r\nCSeq: ${headerValue(request, 'CSeq')}\r\nContact: ${this.contact}\r\n${headers}${type}Content-Length: ${body.length}\r\n\r\n${body}`,
    );
  }

  /** Takes an INVITE and rings. */
  async ring(): Promise<string> {
    const invite = await this.receive('INVITE');
    this.reply(invite, 180, 'Ringing');
    return invite;
  }

  /** Rings and refuses; takes the ACK too. */
  async refuse(status: number, reason: string): Promise<void> {
    this.reply(await this.ring(), status, reason);
    await this.receive('ACK');
  }

  /** Takes the CANCEL of an INVITE and ends it with 487; gives the CANCEL. */
  async endCancelled(invite: string): Promise<string> {
    const cancel = await this.receive('CANCEL');
    this.reply(cancel, 200, 'OK');
    this.reply(invite, 487, 'Request Terminated');
    await this.receive('ACK');
    return cancel;
  }

  /** When this returns the service has dealt with everything that was sent to it before. */
  async fence(): Promise<void> {
    const callId = `fence-${randomHex(6)}`;
    this.peer.send(this.write('OPTIONS', this.nextCSeq(), `z9hG4bK${callId}`, { callId, tag: 'f' }));
    await this.peer.take((text) => text.includes(callId));
  }

  /** Sends a request outside of a dialog as it is; challenges are the caller's to answer. */
  send(method: string, options: RequestOptions & { readonly tag?: string } = {}): Attempt {
    const { callId = `${randomHex(6)}@phone`, tag = randomHex(4) } = options;
    const cseq = this.nextCSeq();
    const branch = `z9hG4bK${randomHex(8)}`;
    const text = this.write(method, cseq, branch, { ...options, callId, tag });
    this.peer.send(text);
    return new Attempt(this, text, branch);
  }
}

/** A request on its way. */
export class Attempt {
  readonly request: string;
  readonly #phone: Phone;
  readonly #branch: string;
  #seen: string[] = [];

  constructor(phone: Phone, request: string, branch: string) {
    this.#phone = phone;
    this.request = request;
    this.#branch = branch;
  }

  get callId(): string {
    return headerValue(this.request, 'Call-ID');
  }

  /** Puts a response back, to be taken again. */
  seen(response: string): this {
    this.#seen.push(response);
    return this;
  }

  /** The next response whose status fits. */
  async next(fits: (status: number) => boolean, deadlineMs?: number): Promise<string> {
    const index = this.#seen.findIndex((text) => fits(statusOf(text)));
    if (index >= 0) return this.#seen.splice(index, 1)[0]!;
    const cseq = headerValue(this.request, 'CSeq');
    return this.#phone.peer.take(
      (text) => statusOf(text) > 0 && headerValue(text, 'CSeq') === cseq && headerValue(text, 'Via').includes(this.#branch) && fits(statusOf(text)),
      deadlineMs,
    );
  }

  ringing(): Promise<string> {
    return this.next((status) => status > 100 && status < 200);
  }

  /** The final response; the failure of an INVITE is acknowledged. */
  async final(deadlineMs?: number): Promise<string> {
    const response = await this.next((status) => status >= 200, deadlineMs);
    if (statusOf(response) >= 300) this.acknowledge(response);
    return response;
  }

  /** The ACK of a failure (RFC 3261 §17.1.1.3). */
  acknowledge(response: string): void {
    if (methodOf(this.request) === 'INVITE') this.#phone.peer.send(this.#sameHop('ACK', headerValue(response, 'To'), ''));
  }

  /** The CANCEL of this request (§9.1); gives the response to the CANCEL itself. */
  async cancel(headers = ''): Promise<string> {
    this.#phone.peer.send(this.#sameHop('CANCEL', headerValue(this.request, 'To'), headers));
    return this.#phone.peer.take((text) => statusOf(text) > 0 && headerValue(text, 'CSeq').endsWith('CANCEL') && headerValue(text, 'Via').includes(this.#branch));
  }

  /** A request inside of the dialog that a 2xx has made, along its route. */
  inDialog(method: string, answer: string): { readonly text: string; readonly response: () => Promise<string> } {
    const cseq = method === 'ACK' ? Number.parseInt(headerValue(this.request, 'CSeq'), 10) : this.#phone.nextCSeq();
    const branch = `z9hG4bK${randomHex(8)}`;
    const routes = headerValues(answer, 'Record-Route').reverse();
    const text =
      `${method} ${uriIn(headerValue(answer, 'Contact'))} SIP/2.0\r\nVia: SIP/2.0/UDP ${this.#phone.peer.address}:${this.#phone.peer.port};branch=${branch};rport\r\n` +
      routes.map((route) => `Route: ${route}\r\n`).join('') +
      `Max-Forwards: 70\r\nFrom: ${headerValue(answer, 'From')}\r\nTo: ${headerValue(answer, 'To')}\r\nCall-ID: ${this.callId}\r\nCSeq: ${cseq} ${method}\r\nContent-Length: 0\r\n\r\n`;
    this.#phone.peer.send(text);
    return { text, response: () => this.#phone.peer.take((received) => statusOf(received) >= 200 && headerValue(received, 'Via').includes(branch)) };
  }

  #sameHop(method: string, to: string, headers: string): string {
    const [requestLine = ''] = this.request.split('\r\n', 1);
    const cseq = Number.parseInt(headerValue(this.request, 'CSeq'), 10);
    return (
      `${method} ${requestLine.split(' ')[1]} SIP/2.0\r\nVia: ${headerValue(this.request, 'Via')}\r\nMax-Forwards: 70\r\n` +
      `From: ${headerValue(this.request, 'From')}\r\nTo: ${to}\r\nCall-ID: ${this.callId}\r\nCSeq: ${cseq} ${method}\r\n${headers}Content-Length: 0\r\n\r\n`
    );
  }
}
