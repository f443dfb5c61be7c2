import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import { errorText } from '../../base/errors.ts';
import { isParseFailure, parseMessage } from '../message/parse-message.ts';
import { buildReply, type ReplyParts } from '../message/reply.ts';
import type { EditList } from '../message/edit-list.ts';
import type { SipMessage } from '../message/sip-message.ts';
import type { TransactionTimings } from '../transaction/timings.ts';
import type { Destination, FramingError, LocalSocket, Protocol, Source, TransportReceiver } from '../transport/transport.ts';
import { BranchIds } from './branch-id.ts';
import { ClientDestination, type ClientTransaction, type ClientTransactionPort, type ClientTransactionUser } from './client-transaction.ts';
import { ClientTransactions } from './client-transactions.ts';
import { defineEndpointCounters, type EndpointCounters } from './endpoint-counters.ts';
import type { EndpointOptions } from './endpoint-options.ts';
import { FinishedTransactions, type Repetition } from './finished-transactions.ts';
import { OwnAddresses } from './own-addresses.ts';
import { replyDestination, responseDestination } from './reply-destination.ts';
import { ServerTransaction, type ServerTransactionPort } from './server-transaction.ts';
import { ServerTransactions } from './server-transactions.ts';
import { StatelessAnswers, type ReplySender } from './stateless-answers.ts';

/** What the endpoint asks of the transports. */
export interface MessageSender {
  send(text: string, destination: Destination): void;
  /** The socket that a message to `destination` leaves from, undefined when there is none of that kind. */
  localFor(destination: Destination): LocalSocket | undefined;
}

/** The core above the endpoint (§5: the transaction user). Its methods must not throw. */
export interface EndpointUser {
  /** A request that belongs to no transaction: new ones, CANCEL, the ACK of a 2xx. */
  onRequest(request: SipMessage, source: Source): void;
  /**
   * A response to something that we sent. The user hands it on with `transaction.receive`, or, when
   * there is no transaction, with `forwardStatelessly`; doing neither drops it.
   */
  onResponse(response: SipMessage, source: Source, transaction: ClientTransaction | undefined): void;
}

/** What a forwarded request has to say of the sockets that it passes through. */
export interface Hop {
  readonly branch: string;
  /** Our `host:port` towards the next hop. */
  readonly sentBy: string;
  readonly protocol: Protocol;
  /** Our `host:port` towards the previous hop. */
  readonly receivedBy: string;
  readonly receivedProtocol: Protocol;
}

/**
 * The one place where transport, transactions and addresses meet. It parses what comes in, answers
 * what cannot be parsed, absorbs retransmissions, and hands the rest to its user.
 */
export class Endpoint implements TransportReceiver, ClientTransactionPort, ServerTransactionPort, ReplySender {
  readonly clock: Clock;
  readonly timings: TransactionTimings;
  readonly #logger: Logger;
  readonly #options: EndpointOptions;
  readonly #sender: MessageSender;
  readonly #branchIds = new BranchIds();
  readonly #clients = new ClientTransactions(this.#branchIds);
  readonly #servers: ServerTransactions;
  readonly #finished: FinishedTransactions;
  /** Open connections that something came in on: a response goes back on its own while that is open (§18.2.2). */
  readonly #connections = new Set<number>();
  readonly #ownAddresses: OwnAddresses;
  readonly #counters: EndpointCounters;
  readonly #answers: StatelessAnswers;
  #user: EndpointUser | undefined;

  constructor(parts: { clock: Clock; logger: Logger; counters: Counters; sender: MessageSender; ownAddresses: OwnAddresses; options: EndpointOptions }) {
    this.clock = parts.clock;
    this.timings = parts.options.timings;
    this.#logger = parts.logger;
    this.#sender = parts.sender;
    this.#ownAddresses = parts.ownAddresses;
    this.#options = parts.options;
    this.#servers = new ServerTransactions(parts.options.maxTransactions);
    this.#finished = new FinishedTransactions(this.clock, this.timings.timeoutMs, parts.options.maxTransactions);
    this.#counters = defineEndpointCounters(parts.counters);
    this.#answers = new StatelessAnswers({ clock: this.clock, logger: this.#logger, counters: this.#counters, options: this.#options, sender: this });
  }

  /** Names the core above; nothing may arrive before. */
  attach(user: EndpointUser): void {
    this.#user = user;
  }

  /** Those too that are over but for repetitions. */
  get serverTransactionCount(): number {
    return this.#servers.size + this.#finished.size;
  }

  get clientTransactionCount(): number {
    return this.#clients.size;
  }

  get serverHeader(): string {
    return this.#options.serverHeader;
  }

  // From the transports.

  onMessage(text: string, source: Source): void {
    if (source.connectionId !== 0) this.#connections.add(source.connectionId);
    const parsed = parseMessage(text, this.#options.messageLimits);
    if (isParseFailure(parsed)) {
      this.#answers.refuseUnparsable(parsed, source);
      return;
    }
    try {
      if (parsed.isRequest) this.#receiveRequest(parsed, source);
      else this.#receiveResponse(parsed, source);
    } catch (thrown) {
      this.defect(thrown, parsed);
      if (parsed.isRequest) this.#answerDefect(parsed, source);
    }
  }

  /** A defect of ours must not take the other calls down with it: it is logged and counted, and they go on. */
  defect(thrown: unknown, message: SipMessage | undefined): void {
    this.#counters.internalErrors.value += 1;
    this.#logger.error('a message could not be processed', {
      callId: message?.callId,
      method: message?.method,
      error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : errorText(thrown),
    });
  }

  /** 500 through the transaction when there is one already, so that it ends and retransmissions are answered too. */
  #answerDefect(request: SipMessage, source: Source): void {
    const parts = { status: 500, reason: 'Server Internal Error' };
    const transaction = request.method === 'ACK' ? undefined : this.#servers.match(request);
    if (transaction === undefined || transaction.held) {
      transaction?.release();
      this.replyStatelessly(request, source, parts);
    } else if (transaction.lastStatus < 200) {
      transaction.respond(500, buildReply(request, source, { ...parts, toTag: this.newTag(), server: this.#options.serverHeader }));
    }
  }

  onBatchEnd(): void {}

  onKeepalive(): void {}

  onConnectionClosed(connectionId: number): void {
    this.#connections.delete(connectionId);
  }

  onFramingError(source: Source, reason: FramingError, head: string): void {
    this.#connections.add(source.connectionId);
    this.#answers.refuseUnframed(source, reason, head);
  }

  onSendError(destination: Destination, code: string): void {
    this.#counters.sendErrors.value += 1;
    if (this.#logger.debugEnabled) this.#logger.debug('a message could not be sent', { address: destination.address, port: destination.port, protocol: destination.protocol, code });
    if (!(destination instanceof ClientDestination)) return;
    try {
      destination.transaction?.transportFailed();
    } catch (thrown) {
      this.defect(thrown, undefined);
    }
  }

  // Requests and responses.

  #receiveRequest(request: SipMessage, source: Source): void {
    this.#counters.requests.value += 1;
    const known = this.#servers.match(request);
    if (known !== undefined) {
      if (request.method !== 'ACK') {
        this.#counters.retransmissions.value += 1;
        known.receiveRetransmission();
        return;
      }
      if (known.receiveAck(request)) return;
    }
    if (request.method === 'ACK') {
      if (this.#answers.endsHere(request)) return;
    } else {
      const repetition = this.#finished.findRequest(request);
      if (repetition !== undefined) {
        this.#repeat(repetition);
        return;
      }
      // A CANCEL takes no room, and makes some.
      if (this.serverTransactionCount >= this.#options.maxTransactions && request.method !== 'CANCEL') {
        this.#answers.refuseForOverload(request, source);
        return;
      }
    }
    this.#user!.onRequest(request, source);
  }

  #receiveResponse(response: SipMessage, source: Source): void {
    this.#counters.responses.value += 1;
    const branch = response.via!.branch;
    const transaction = this.#clients.find(branch);
    if (transaction === undefined) {
      const repetition = response.status < 200 || response.status >= 300 ? undefined : this.#finished.find2xx(response);
      if (typeof repetition === 'object') {
        this.#repeat(repetition);
        return;
      }
      // The 2xx of another fork is passed on without state (RFC 6026 §7.2).
      if (repetition !== 'another' && !this.#isAnswerToStateless(response)) {
        // RFC 6026 §8.9 over §18.1.2: only what answers something of ours is let through.
        this.#counters.strayResponses.value += 1;
        return;
      }
    }
    this.#user!.onResponse(response, source, transaction);
  }

  /** A message came in again whose transaction is over. */
  #repeat({ text, destination }: Repetition): void {
    this.#counters.retransmissions.value += 1;
    if (text !== '') this.#sender.send(text, destination);
  }

  /** True when we forwarded the request without state: the branch follows from the Via below ours. */
  #isAnswerToStateless(response: SipMessage): boolean {
    if (!this.#branchIds.isStateless(response.via!.branch)) return false;
    const [own, below] = response.vias();
    return below !== undefined && own!.branch === this.#branchIds.stateless(response, below);
  }

  // What the core asks for.

  /**
   * Keeps a request while a script decides: its retransmissions are absorbed, an INVITE gets a 100
   * after 200 ms. `begin` or `release` of the result ends the wait.
   */
  hold(request: SipMessage, source: Source): ServerTransaction {
    const transaction = new ServerTransaction(this, request, source);
    this.#servers.add(transaction);
    transaction.hold();
    return transaction;
  }

  /** Makes a request a transaction (§17.2). */
  openServer(request: SipMessage, source: Source): ServerTransaction {
    const transaction = new ServerTransaction(this, request, source);
    this.#servers.add(transaction);
    transaction.begin();
    return transaction;
  }

  /** A client transaction with its branch, ready to be started with the text that carries it. */
  openClient(method: string, user: ClientTransactionUser): ClientTransaction {
    return this.#clients.open(this, method, user);
  }

  findServer(request: SipMessage): ServerTransaction | undefined {
    return this.#servers.match(request);
  }

  /** The transaction that a CANCEL is for (§9.2), while it is not over. */
  findCancelled(cancel: SipMessage): ServerTransaction | undefined {
    return this.#servers.findCancelled(cancel);
  }

  /** True when the request that a CANCEL is for is known: also after its answer, when the CANCEL has no effect. */
  knowsCancelled(cancel: SipMessage): boolean {
    return this.#servers.findCancelled(cancel) !== undefined || this.#finished.hasCancelled(cancel);
  }

  /** True when the INVITE that an ACK of a 2xx belongs to is known (§13.2.2.4). */
  knowsAcknowledged(ack: SipMessage): boolean {
    return this.#servers.findAcknowledged(ack) !== undefined || this.#finished.hasAcknowledged(ack);
  }

  /** The live client transaction that wrote this branch; undefined for strangers' branches and old ones. */
  findClient(branch: string): ClientTransaction | undefined {
    return this.#clients.find(branch);
  }

  /** The branch for a request that is forwarded without state; the same for each retransmission (§16.11). */
  statelessBranch(request: SipMessage): string {
    return this.#branchIds.stateless(request, request.via!);
  }

  /** A tag for responses of a transaction: new each time. */
  newTag(): string {
    return this.#answers.newTag();
  }

  /** Sends bytes as they are: the ACK of a 2xx, a request without state. */
  send(text: string, destination: Destination): void {
    this.#sender.send(text, destination);
  }

  /** Our own `host:port` as `destination` should see it, for Via and Record-Route (§18.1.1). */
  sentBy(destination: Destination): string {
    const local = destination.local ?? this.#sender.localFor(destination);
    return local === undefined ? 'invalid.invalid' : this.sentByOf(local, destination.address);
  }

  /** The hop between where a request came from and where it goes. */
  hop(source: Source, destination: Destination, branch: string): Hop {
    return {
      branch,
      sentBy: this.sentBy(destination),
      protocol: destination.protocol,
      receivedBy: this.sentByOf(source.local, source.address),
      receivedProtocol: source.protocol,
    };
  }

  sentByOf(local: LocalSocket, peer: string): string {
    return this.#ownAddresses.hostPortTowards(local, peer);
  }

  /** Answers without keeping anything (§8.2.7); the tag is the same for every retransmission. */
  replyStatelessly(request: SipMessage, source: Source, parts: Omit<ReplyParts, 'toTag'>): void {
    this.#answers.reply(request, source, parts);
  }

  sendReply(text: string, request: SipMessage, source: Source, forceRport: boolean): void {
    this.#sender.send(text, replyDestination(request, source, forceRport, source.connectionId === 0 || this.#connections.has(source.connectionId)));
  }

  /** Hands a response on to the next Via without state (§16.11): ours is taken away. */
  forwardStatelessly(response: SipMessage, edits: EditList): void {
    const next = response.vias()[1];
    const destination = next === undefined ? undefined : responseDestination(next);
    if (destination !== undefined) this.#sender.send(edits.apply(response.raw, 0, response.bodyEnd), destination);
  }

  clientEnded(transaction: ClientTransaction): void {
    this.#clients.close(transaction);
  }

  keepAnswer(request: SipMessage, response: string, source: Source, forceRport: boolean): void {
    this.#finished.addAnswered(request, response, replyDestination(request, source, forceRport));
  }

  /**
   * Passes on the 2xx to an INVITE that came over UDP, from the only branch that it had, and ends both transactions (RFC 6026 §7:
   * `accepted` on both sides): the INVITE is absorbed when it comes again, the 2xx passed on as it was.
   *
   * @param response the 2xx as it came
   * @param text     as it is passed on
   */
  accept(server: ServerTransaction, client: ClientTransaction, response: SipMessage, text: string): void {
    const destination = replyDestination(server.request, server.source, server.forceRport);
    // Before it is sent, as the request lets go of what was parsed then.
    this.#finished.addAccepted(server.request, response, text, destination);
    server.respond(response.status, text);
    client.terminate();
    server.terminate();
  }

  serverEnded(transaction: ServerTransaction): void {
    this.#servers.remove(transaction);
  }

  /** Forgets every transaction, timers and all: the process is about to end. */
  close(): void {
    for (const transaction of this.#clients) transaction.terminate();
    for (const transaction of this.#servers.all()) transaction.terminate();
    this.#finished.clear();
  }
}
