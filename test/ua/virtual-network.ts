import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { Timer, type TimerOwner } from '../../src/base/timer-wheel.ts';
import { Endpoint, type MessageSender } from '../../src/sip/endpoint/endpoint.ts';
import { OwnAddresses } from '../../src/sip/endpoint/own-addresses.ts';
import { isParseFailure, parseMessage } from '../../src/sip/message/parse-message.ts';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import { RFC_TIMINGS } from '../../src/sip/transaction/timings.ts';
import type { LocalSocket, TransportReceiver } from '../../src/sip/transport/transport.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import type { AgentLink } from '../../src/ua/agent-core.ts';
import type { IncomingCall } from '../../src/ua/incoming-call.ts';
import { ServiceAgent } from '../../src/ua/service-agent.ts';
import { UserAgent } from '../../src/ua/user-agent.ts';
import { ENDPOINT_OPTIONS, TestProxy } from './ua-fixture.ts';

const PROXY = { protocol: 'udp', address: '192.0.2.1', port: 5060 } as const;

/** A datagram on its way for a millisecond. */
class Datagram implements TimerOwner {
  readonly #deliver: () => void;

  constructor(deliver: () => void) {
    this.#deliver = deliver;
  }

  onTimer(): void {
    this.#deliver();
  }
}

/** Datagrams between agents on a clock of the test: each takes 1 ms, and the test may lose some. */
export class VirtualNetwork {
  readonly clock = new VirtualClock();
  readonly proxy: TestProxy;
  /** True loses the datagram. */
  lose: (text: string, to: string) => boolean = () => false;
  /** First lines of all that was sent, as `INVITE -> 192.0.2.1`. */
  readonly log: string[] = [];
  readonly #receivers = new Map<string, { readonly receiver: TransportReceiver; readonly local: LocalSocket }>();

  constructor() {
    const local: LocalSocket = { ...PROXY, family: 4 };
    const sender = this.#senderOf(local);
    const endpoint = new Endpoint({ clock: this.clock, logger: silentLogger, counters: new Counters(), ownAddresses: new OwnAddresses(() => []), sender, options: ENDPOINT_OPTIONS });
    this.proxy = new TestProxy(endpoint, PROXY);
    this.attach(local, endpoint);
  }

  attach(local: LocalSocket, receiver: TransportReceiver): void {
    this.#receivers.set(`${local.address}:${local.port}`, { receiver, local });
  }

  /** The way of an agent at that address to the proxy. */
  link(address: string): AgentLink {
    const local: LocalSocket = { protocol: 'udp', address, port: 5060, family: 4 };
    return { sender: this.#senderOf(local), local, proxy: PROXY };
  }

  agent(): ServiceAgent {
    const agent = new ServiceAgent({ clock: this.clock, logger: silentLogger, timings: RFC_TIMINGS });
    const link = this.link('192.0.2.9');
    agent.connect(link);
    this.attach(link.local, agent.core.endpoint);
    return agent;
  }

  phone(user: string, address: string, options: { readonly onCall: (call: IncomingCall) => void; readonly description: string }): UserAgent {
    const { clock } = this;
    const link = this.link(address);
    const phone = UserAgent.connected({ user, displayName: user, domain: 'example.com', password: '', proxy: PROXY, address, clock, logger: silentLogger, ...options }, link);
    this.attach(link.local, phone.endpoint);
    const uri = `sip:${user}@example.com`;
    this.proxy.bindings.set(uri, [this.proxy.bindings.get(uri), phone.contact.slice(1, -1)].filter(Boolean).join(' '));
    return phone;
  }

  /** A phone that the test plays by hand. */
  scripted(user: string, address: string): ScriptedPhone {
    const link = this.link(address);
    const phone = new ScriptedPhone(user, link);
    this.attach(link.local, phone);
    this.proxy.bindings.set(`sip:${user}@example.com`, phone.contact.slice(1, -1));
    return phone;
  }

  #senderOf(local: LocalSocket): MessageSender {
    return {
      localFor: () => local,
      send: (text, destination) => {
        const to = `${destination.address}:${destination.port}`;
        this.log.push(`${text.split(' ', 2).find((word) => word !== 'SIP/2.0')} -> ${destination.address}`);
        if (this.lose(text, destination.address)) return;
        const datagram = new Datagram(() => {
          const target = this.#receivers.get(to);
          target?.receiver.onMessage(text, { protocol: 'udp', address: local.address, port: local.port, local: target.local, connectionId: 0 });
        });
        this.clock.arm(new Timer(datagram), 1);
      },
    };
  }
}

/** A phone without transactions: the test sees every message and writes every answer. */
export class ScriptedPhone implements TransportReceiver {
  readonly received: SipMessage[] = [];
  readonly contact: string;
  readonly #user: string;
  readonly #link: AgentLink;
  #cseq = 100;
  #branches = 0;

  constructor(user: string, link: AgentLink) {
    this.#user = user;
    this.#link = link;
    this.contact = `<sip:${user}@${link.local.address}:${link.local.port}>`;
  }

  onMessage(text: string): void {
    const message = parseMessage(text);
    if (isParseFailure(message)) throw new Error(`the phone got what cannot be parsed: ${text}`);
    this.received.push(message);
  }

  onBatchEnd(): void {}
  onFramingError(): void {}
  onKeepalive(): void {}
  onConnectionClosed(): void {}
  onSendError(): void {}

  /** Takes the oldest message that it has received; `INVITE`, or a status with the method of its CSeq. */
  take(what: string): SipMessage {
    const message = this.received.shift();
    if (message === undefined) throw new Error(`${this.#user} has received nothing, not ${what}`);
    const got = message.isRequest ? message.method : `${message.status} ${message.method}`;
    if (got !== what) throw new Error(`${this.#user} has received ${got}, not ${what}`);
    return message;
  }

  /** Methods and statuses of what waits to be taken. */
  get waiting(): string[] {
    return this.received.map((message) => (message.isRequest ? message.method : `${message.status} ${message.method}`));
  }

  reply(request: SipMessage, status: number, { headers = '', body = '', tag = this.#user, contact = this.contact } = {}): void {
    const lines = [`SIP/2.0 ${status} Reason`];
    for (let index = 0; index < request.fieldCount; index += 1) {
      const name = request.fieldName(index).toLowerCase();
      if (['via', 'from', 'call-id', 'cseq', 'record-route'].includes(name)) lines.push(`${request.fieldName(index)}: ${request.fieldValue(index)}`);
      if (name === 'to') lines.push(`To: ${request.fieldValue(index)}${status > 100 && request.to?.tag === undefined ? `;tag=${tag}` : ''}`);
    }
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n';
    this.#link.sender.send(`${lines.join('\r\n')}\r\nContact: ${contact}\r\n${headers}${type}Content-Length: ${body.length}\r\n\r\n${body}`, this.#link.proxy);
  }

  /** A request inside of the dialog that its 2xx to `invite` has made. */
  request(method: string, invite: SipMessage, { headers = '', body = '', type = 'application/sdp', cseq = 0, tag = this.#user, branch = '' } = {}): void {
    this.#cseq += 1;
    this.#branches += 1;
    const [target] = invite.contacts as readonly { uriText: string }[];
    const routes = (invite.recordRoutes ?? []).map((route) => `Route: ${route.text}\r\n`).join('');
    const content = body === '' ? '' : `Content-Type: ${type}\r\n`;
    this.#link.sender.send(
      `${method} ${target!.uriText} SIP/2.0\r\nVia: SIP/2.0/UDP ${this.#link.local.address}:5060;branch=${branch || `z9hG4bK${this.#user}${this.#branches}`}\r\n${routes}Max-Forwards: 70\r\n` +
        `From: ${invite.to!.text};tag=${tag}\r\nTo: ${invite.from!.text}\r\nCall-ID: ${invite.callId}\r\nCSeq: ${cseq || this.#cseq} ${method}\r\nContact: ${this.contact}\r\n${headers}${content}Content-Length: ${body.length}\r\n\r\n${body}`,
      this.#link.proxy,
    );
  }
}
