import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import type { EndpointUser } from '../sip/endpoint/endpoint.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { TransactionTimings } from '../sip/transaction/timings.ts';
import type { Destination, LocalSocket, Source } from '../sip/transport/transport.ts';
import type { UdpOptions } from '../sip/transport/udp-socket.ts';
import { AgentCore, type AgentLink } from './agent-core.ts';
import { ALLOW, CallLeg, type CallLegUser, type InviteParts } from './call-leg.ts';
import { NO_SUCH_CALL } from './dialog.ts';

/** Where the agent's socket is: no packet of another machine gets there. */
const ADDRESS = '127.0.0.1';

/** Requests of others that are being answered at once; past it they get 503. */
const MAX_TRANSACTIONS = 10_000;

export interface ServiceAgentOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timings: TransactionTimings;
  readonly udpEngine?: UdpOptions['engine'];
}

/**
 * The service's own user agent. It makes calls and sends requests, each through the node's own UDP
 * listener, so that the routing script sees them as any other: limits, accounting and routes apply. It
 * takes requests inside of its own dialogs and nothing else, for anybody can route something here.
 */
export class ServiceAgent implements EndpointUser {
  readonly core: AgentCore;
  readonly #legs = new Map<string, CallLeg>();
  #whenQuiet: () => void = () => {};

  constructor(options: ServiceAgentOptions) {
    this.core = new AgentCore({ ...options, user: 'sipweet', maxTransactions: MAX_TRANSACTIONS });
    this.core.endpoint.attach(this);
  }

  /**
   * Opens the socket, on loopback.
   *
   * @param proxy the node's own UDP listener, as loopback sees it
   * @throws AppError `listen.failed`
   */
  async listen(proxy: Destination): Promise<void> {
    await this.core.listen({ address: ADDRESS, port: 0 }, proxy, this);
  }

  /** Takes a network that is there already, such as a test's. */
  connect(link: AgentLink): void {
    this.core.connect(link);
  }

  async close(): Promise<void> {
    for (const leg of this.#legs.values()) leg.abandon();
    this.#legs.clear();
    await this.core.close();
  }

  /** The socket; undefined while there is none. */
  get local(): LocalSocket | undefined {
    return this.core.local;
  }

  /**
   * Whether a request came from this agent: from its very socket, which no other program can have
   * while it is open, and which no other machine can send from.
   */
  isOwn({ protocol, address, port }: { readonly protocol: string; readonly address: string; readonly port: number }): boolean {
    const { local } = this;
    return local !== undefined && protocol === local.protocol && address === local.address && port === local.port;
  }

  /** Legs that were not released yet, those that are being hung up too. */
  get legCount(): number {
    return this.#legs.size;
  }

  /** Begins a leg; what happens to it is told to `user`. */
  invite(parts: InviteParts, user: CallLegUser): CallLeg {
    const leg = new CallLeg(this.core, parts, user);
    this.#legs.set(leg.callId, leg);
    return leg;
  }

  /** The leg needs nothing of the network any more. */
  forget(leg: CallLeg): void {
    this.#legs.delete(leg.callId);
    if (this.#legs.size === 0) this.#whenQuiet();
  }

  /** Resolves when no leg is left. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenQuiet = resolve;
      if (this.#legs.size === 0) resolve();
    });
  }

  // From the endpoint.

  onRequest(request: SipMessage, source: Source): void {
    const { endpoint } = this.core;
    const leg = this.#legs.get(request.callId);
    if (request.method === 'ACK') {
      leg?.receiveAck(request);
    } else if (request.method === 'CANCEL') {
      // A re-INVITE goes on in spite of it: see `IncomingOffer`.
      endpoint.replyStatelessly(request, source, endpoint.knowsCancelled(request) ? { status: 200, reason: 'OK' } : NO_SUCH_CALL);
    } else if (request.to?.tag === undefined) {
      endpoint.replyStatelessly(request, source, { status: 405, reason: 'Method Not Allowed', headers: ALLOW });
    } else if (leg === undefined) {
      endpoint.replyStatelessly(request, source, NO_SUCH_CALL);
    } else {
      leg.receive(endpoint.openServer(request, source));
    }
  }

  onResponse(response: SipMessage, _source: Source, transaction: ClientTransaction | undefined): void {
    transaction?.receive(response);
  }
}
