import type { Clock } from '../../base/clock.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import { buildFromInvite } from '../message/ack-cancel.ts';
import { isParseFailure, parseMessage } from '../message/parse-message.ts';
import type { SipMessage } from '../message/sip-message.ts';
import { InviteClient, type InviteClientPort, type InviteClientTimer } from '../transaction/invite-client.ts';
import { NonInviteClient, type NonInviteClientPort, type NonInviteClientTimer } from '../transaction/non-invite-client.ts';
import { isRetransmitTimer, type TransactionFailure } from '../transaction/port.ts';
import type { TransactionTimings } from '../transaction/timings.ts';
import type { Destination, LocalSocket, Protocol } from '../transport/transport.ts';
import type { BranchIds } from './branch-id.ts';

/** What the layer above learns of a request that it sent. */
export interface ClientTransactionUser {
  /** A response that is new to the user; for an INVITE every 2xx, repetitions included (RFC 6026 §7.2). */
  onResponse(response: SipMessage): void;
  /** No answer in time, or the request could not be delivered. */
  onTransactionFailure(failure: TransactionFailure): void;
  /** Nothing more will come, in whichever way the transaction has ended. */
  onTransactionEnded?(): void;
}

/** What a client transaction needs of its endpoint. */
export interface ClientTransactionPort {
  readonly clock: Clock;
  readonly timings: TransactionTimings;
  send(text: string, destination: Destination): void;
  /** Something threw that must not: it is logged and counted. */
  defect(thrown: unknown, request: SipMessage | undefined): void;
  /** The transaction has ended, its CANCEL too: its slot is free. */
  clientEnded(transaction: ClientTransaction): void;
}

/**
 * Where a transaction's request goes. Made anew for each, so that a failed send, which names its
 * destination, finds the transaction.
 */
export class ClientDestination implements Destination {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly local: LocalSocket | undefined;
  readonly connectionId: number | undefined;
  transaction: ClientTransaction | undefined;

  constructor(destination: Destination) {
    this.protocol = destination.protocol;
    this.address = destination.address;
    this.port = destination.port;
    this.local = destination.local;
    this.connectionId = destination.connectionId;
  }
}

const RETRANSMIT = 0;
const LIFETIME = 1;

/**
 * A request on its way: the machine of §17.1, its two timers and the bytes on the wire. The branch
 * is known from the start, the request's text is given when it is sent.
 */
export class ClientTransaction implements InviteClientPort<SipMessage>, NonInviteClientPort<SipMessage>, TimerOwner {
  readonly slot: number;
  readonly generation: number;
  readonly method: string;
  #user: ClientTransactionUser;
  readonly #port: ClientTransactionPort;
  readonly #branchIds: BranchIds;
  /** While it may fire: most transactions are answered long before, and linger without it. */
  #retransmitTimer: Timer | undefined;
  readonly #lifetimeTimer = new Timer(this, LIFETIME);
  #retransmitName: InviteClientTimer | NonInviteClientTimer = 'A';
  #lifetimeName: InviteClientTimer | NonInviteClientTimer = 'B';
  #machine: InviteClient<SipMessage> | NonInviteClient<SipMessage> | undefined;
  #destination: ClientDestination | undefined;
  /** Until the final response: it is not sent again, and no ACK or CANCEL is made of it. */
  #requestText = '';
  #lastSent = '';
  #ended = false;
  #cancel: ClientTransaction | undefined;
  /** The INVITE that this CANCEL shares its branch with. */
  #parent: ClientTransaction | undefined;

  constructor(port: ClientTransactionPort, branchIds: BranchIds, place: { readonly slot: number; readonly generation: number }, method: string, user: ClientTransactionUser) {
    this.#port = port;
    this.#branchIds = branchIds;
    this.slot = place.slot;
    this.generation = place.generation;
    this.method = method;
    this.#user = user;
  }

  /** The branch parameter of our Via. Written when it is asked for: a text a transaction would be kept for nothing. */
  get branch(): string {
    return this.#branchIds.format(this.slot, this.generation);
  }

  get user(): ClientTransactionUser {
    return this.#user;
  }

  get terminated(): boolean {
    return this.#ended;
  }

  /** True from the first provisional response to the final one: the time for a CANCEL (§9.1). */
  get proceeding(): boolean {
    return this.#machine?.state === 'proceeding';
  }

  /** Sends the request. Nothing is received before it. */
  start(requestText: string, destination: Destination): void {
    const reliable = destination.protocol !== 'udp';
    this.#requestText = requestText;
    this.#destination = new ClientDestination(destination);
    this.#destination.transaction = this;
    const { timings } = this.#port;
    this.#machine = this.method === 'INVITE' ? new InviteClient(this, timings, reliable) : new NonInviteClient(this, timings, reliable);
    this.#machine.start();
  }

  /** A response whose topmost Via carries this branch came in. */
  receive(response: SipMessage): void {
    if (response.method === this.method) this.#machine?.receive(response.status, response);
    else if (response.method === 'CANCEL') this.#cancel?.receive(response);
  }

  transportFailed(): void {
    this.#machine?.transportFailed();
  }

  /** Ends the transaction, and its CANCEL, without a word to its user. */
  terminate(): void {
    this.#cancel?.terminate();
    if (this.#machine === undefined) this.ended();
    else this.#machine.terminate();
  }

  /**
   * Sends a CANCEL for this INVITE (§9.1): a transaction of its own on the same branch and to the
   * same address. Nothing happens unless the INVITE is proceeding, or was cancelled before.
   */
  cancel(headers: string): void {
    if (!this.proceeding || this.#cancel !== undefined) return;
    this.#cancel = new ClientTransaction(this.#port, this.#branchIds, this, 'CANCEL', SILENT_USER);
    this.#cancel.#parent = this;
    this.#cancel.start(buildFromInvite('CANCEL', this.#sentRequest(), undefined, headers), this.#destination!);
  }

  // What the machine asks for.

  sendRequest(): void {
    this.#send(this.#requestText);
  }

  sendAck(response: SipMessage): void {
    this.#send(buildFromInvite('ACK', this.#sentRequest(), response));
  }

  resend(): void {
    this.#port.send(this.#lastSent, this.#destination!);
  }

  passUp(status: number, response: SipMessage): void {
    if (status >= 200) this.#forgetRequest();
    this.#user.onResponse(response);
    // Timer K would only absorb repetitions of the response: without a transaction the endpoint drops them.
    if (status >= 200 && this.method !== 'INVITE') this.#machine!.terminate();
  }

  passUpFailure(failure: TransactionFailure): void {
    this.#user.onTransactionFailure(failure);
  }

  startTimer(name: InviteClientTimer | NonInviteClientTimer, delayMs: number): void {
    if (isRetransmitTimer(name)) {
      this.#retransmitName = name;
      this.#port.clock.arm((this.#retransmitTimer ??= new Timer(this, RETRANSMIT)), delayMs);
    } else {
      this.#lifetimeName = name;
      this.#port.clock.arm(this.#lifetimeTimer, delayMs);
    }
  }

  stopTimer(name: InviteClientTimer | NonInviteClientTimer): void {
    if (!isRetransmitTimer(name)) {
      this.#port.clock.disarm(this.#lifetimeTimer);
    } else if (this.#retransmitTimer !== undefined) {
      this.#port.clock.disarm(this.#retransmitTimer);
      this.#retransmitTimer = undefined;
    }
  }

  ended(): void {
    this.#ended = true;
    this.#leaveUser();
    if (this.#parent !== undefined) this.#parent.#release();
    else this.#release();
  }

  onTimer(kind: number): void {
    const name = kind === RETRANSMIT ? this.#retransmitName : this.#lifetimeName;
    try {
      // The name was given by this very machine, whichever of the two it is.
      (this.#machine as { timerFired(timer: string): void }).timerFired(name);
    } catch (thrown) {
      this.#port.defect(thrown, undefined);
    }
  }

  /** The request as it went out, taken apart; only failures and CANCEL need it. */
  #sentRequest(): SipMessage {
    const parsed = parseMessage(this.#requestText, NO_LIMITS);
    if (isParseFailure(parsed)) throw new Error(`a request of ours cannot be parsed: ${parsed.failure}`);
    return parsed;
  }

  #forgetRequest(): void {
    this.#requestText = '';
    // The ACK of a failure may have to be sent again.
    if (this.#machine?.state === 'completed' && this.method === 'INVITE') return;
    this.#lastSent = '';
    this.#destination = undefined;
  }

  /** Nothing more will come: what the user keeps need not live as long as retransmissions are absorbed. */
  #leaveUser(): void {
    const user = this.#user;
    this.#user = SILENT_USER;
    user.onTransactionEnded?.();
  }

  /** The slot is free when both the request and its CANCEL have ended. */
  #release(): void {
    if (this.#ended && (this.#cancel === undefined || this.#cancel.#ended)) this.#port.clientEnded(this);
  }

  #send(text: string): void {
    this.#lastSent = text;
    this.#port.send(text, this.#destination!);
  }
}

/** What we wrote ourselves was measured when it came in. */
const NO_LIMITS = { maxMessageBytes: Number.POSITIVE_INFINITY, maxHeaders: Number.POSITIVE_INFINITY };

const SILENT_USER: ClientTransactionUser = { onResponse() {}, onTransactionFailure() {} };
