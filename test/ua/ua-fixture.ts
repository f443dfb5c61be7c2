import { after } from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { Proxy } from '../../src/proxy/proxy.ts';
import { RequestEdits } from '../../src/proxy/request-edits.ts';
import { processRoute } from '../../src/proxy/route-information.ts';
import { target } from '../../src/proxy/target.ts';
import type { ClientTransaction } from '../../src/sip/endpoint/client-transaction.ts';
import { Endpoint, type EndpointUser } from '../../src/sip/endpoint/endpoint.ts';
import { OwnAddresses } from '../../src/sip/endpoint/own-addresses.ts';
import { EditList } from '../../src/sip/message/edit-list.ts';
import { DEFAULT_MESSAGE_LIMITS } from '../../src/sip/message/parse-message.ts';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import { RFC_TIMINGS } from '../../src/sip/transaction/timings.ts';
import type { Destination, Source } from '../../src/sip/transport/transport.ts';
import { Transports } from '../../src/sip/transport/transports.ts';
import { UserAgent } from '../../src/ua/user-agent.ts';
import type { IncomingCall } from '../../src/ua/incoming-call.ts';

/** A record-routing proxy that knows its phones by name, with a digest fence if asked. */
export class TestProxy implements EndpointUser {
  readonly bindings = new Map<string, string>();
  /** Methods in the order in which they came, `INVITE+auth` with credentials. */
  readonly seen: string[] = [];
  readonly requests: SipMessage[] = [];
  /** Challenge values for requests without credentials. */
  challenges: readonly string[] = [];
  readonly destination: Destination;
  readonly #endpoint: Endpoint;
  readonly #proxy: Proxy;

  constructor(endpoint: Endpoint, destination: Destination) {
    this.#endpoint = endpoint;
    this.destination = destination;
    this.#proxy = new Proxy(endpoint, { find: ({ host, port }) => ({ protocol: 'udp', address: host, port: port || 5060 }) }, { firstResponseMs: 30_000, ringMs: 120_000, maxBranches: 4, maxBreadth: 60 });
    endpoint.attach(this);
  }

  onResponse(response: SipMessage, _source: Source, transaction: ClientTransaction | undefined): void {
    if (transaction !== undefined) transaction.receive(response);
    else this.#proxy.forwardResponse(response);
  }

  onRequest(request: SipMessage, source: Source): void {
    const endpoint = this.#endpoint;
    const proxy = this.#proxy;
    const authorized = request.fieldsNamed('Proxy-Authorization').length + request.fieldsNamed('Authorization').length > 0;
    this.seen.push(request.method + (authorized ? '+auth' : ''));
    this.requests.push(request);
    if (request.method === 'CANCEL') {
      if (!proxy.cancel(request, source)) endpoint.replyStatelessly(request, source, { status: 481, reason: 'Call/Transaction Does Not Exist' });
      return;
    }
    if (this.challenges.length > 0 && !authorized && ['INVITE', 'REGISTER', 'MESSAGE', 'BYE'].includes(request.method)) {
      const [status, name] = request.method === 'REGISTER' ? [401, 'WWW-Authenticate'] as const : [407, 'Proxy-Authenticate'] as const;
      endpoint.replyStatelessly(request, source, { status, reason: 'Challenge', headers: this.challenges.map((value) => `${name}: ${value}\r\n`).join('') });
      return;
    }
    if (request.method === 'REGISTER') {
      endpoint.replyStatelessly(request, source, { status: 200, reason: 'OK' });
      return;
    }
    const edits = new RequestEdits();
    processRoute(request, edits, ({ host, port }) => host === this.destination.address && port === this.destination.port);
    const contact = this.bindings.get(request.requestUriText) ?? request.requestUriText;
    if (request.method === 'ACK') {
      proxy.forwardStatelessly(request, source, target(contact), edits, false);
      return;
    }
    if (request.method === 'INVITE') edits.addRecordRoute('');
    const context = proxy.open(endpoint.openServer(request, source), {
      onBranch: () => 'go',
      replyEdits: () => new EditList(),
      onReply: () => 'go',
      onBranchFailure: () => 'go',
      onFailure: () => 'go',
      onAnswered() {},
      onEnded() {},
    });
    context.forward(contact.split(' ').map((one) => target(one)), edits);
  }
}

/** That proxy on a real socket. */
export class LoopbackProxy extends TestProxy {
  readonly clock = new SystemClock();

  static async start(): Promise<LoopbackProxy> {
    const clock = new SystemClock();
    const endpoint: Endpoint = new Endpoint({
      clock,
      logger: silentLogger,
      counters: new Counters(),
      ownAddresses: new OwnAddresses(),
      sender: { send: (text, destination) => transports.send(text, destination), localFor: ({ protocol, address }) => transports.localSocketFor(protocol, address) },
      options: ENDPOINT_OPTIONS,
    });
    const transports = new Transports({ receiver: endpoint, clock, counters: new Counters(), logger: silentLogger });
    const [local] = await transports.listen([{ protocol: 'udp', address: '127.0.0.1', port: 0 }]);
    after(async () => {
      endpoint.close();
      await transports.close();
    });
    return new LoopbackProxy(endpoint, { protocol: 'udp', address: '127.0.0.1', port: local!.port });
  }

  /** A phone of this proxy; it is closed at the end of the test file. */
  async phone(user: string, onCall?: (call: IncomingCall) => void, description?: string, onMessage?: (message: SipMessage) => void): Promise<UserAgent> {
    const phone = await UserAgent.start({
      user,
      displayName: user,
      domain: 'example.com',
      password: `${user}-pw`,
      proxy: this.destination,
      address: '127.0.0.1',
      clock: this.clock,
      logger: silentLogger,
      ...(onCall === undefined ? {} : { onCall }),
      ...(description === undefined ? {} : { description }),
      ...(onMessage === undefined ? {} : { onMessage }),
    });
    this.bindings.set(`sip:${user}@example.com`, phone.contact.slice(1, -1));
    after(() => phone.close());
    return phone;
  }
}

export const ENDPOINT_OPTIONS = { timings: RFC_TIMINGS, messageLimits: DEFAULT_MESSAGE_LIMITS, maxTransactions: 1000, serverHeader: '', retryAfterS: 1 };

/** A promise that must settle within `ms`. */
export async function soon<T>(promise: Promise<T>, ms = 5000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing happened in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
