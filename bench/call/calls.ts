/** Whole calls through a `BenchNode`: INVITE, 100, 180, 200, ACK, BYE, 200. */
import type { Source } from '../../src/sip/transport/transport.ts';
import { BenchNode, type EngineFactory } from './node.ts';
import { CALLEE_PORT, CALLER_PORT, Peers } from './peers.ts';

/** The six messages that the proxy receives in a call, and the time that passes. */
export const PHASES = ['INVITE', '180', '200', 'ACK', 'BYE', '200 of BYE', 'timers'] as const;

export interface LoadOptions {
  readonly engine: EngineFactory;
  /** Registered users; calls go to each in turn. */
  readonly users: number;
  /** Calls that were answered and not hung up yet: a BYE always ends the oldest. */
  readonly dialogs: number;
  /** Calls a second; with it transactions linger by their number: two for 32 s, one 32 s and one 5 s after the BYE. */
  readonly callsPerSecond: number;
}

/** Prime to every round number of users: users are called in no order that a cache would like. */
const STRIDE = 7919;

export class Calls {
  readonly node: BenchNode;
  /**
   * Microseconds of the processor that the node worked on each batch of calls, by phase: the collector's threads
   * count, what the peers do and what neighbours on the machine take does not.
   */
  readonly spentUs: number[][] = PHASES.map(() => []);
  readonly #options: LoadOptions;
  readonly #peers: Peers;
  readonly #caller: Source;
  readonly #callee: Source;
  #next = 0;
  #oldestOpen = 0;

  private constructor(node: BenchNode, options: LoadOptions) {
    this.node = node;
    this.#options = options;
    this.#peers = new Peers(node.port);
    this.#caller = node.source(CALLER_PORT);
    this.#callee = node.source(CALLEE_PORT);
  }

  /** A node with its users registered and its dialogs open, and no transaction left of either. */
  static async start(options: LoadOptions): Promise<Calls> {
    const calls = new Calls(await BenchNode.start(options.engine), options);
    calls.#register();
    while (calls.#next < options.dialogs) calls.#open(Math.min(100, options.dialogs - calls.#next));
    calls.settle();
    return calls;
  }

  get done(): number {
    return this.#oldestOpen;
  }

  /** Places `count` calls side by side and ends as many: each phase of all of them after the other. */
  place(count: number): void {
    this.#open(count);
    const first = this.#oldestOpen;
    this.#oldestOpen += count;
    const byes = this.#receive(4, this.#caller, count, 1, (index) => this.#peers.bye(first + index, this.#userOf(first + index)));
    this.#receive(5, this.#callee, count, 1, (index) => this.#peers.byeOk(byes[index]!));
    const startUs = cpuUs();
    this.node.clock.advance((count * 1000) / this.#options.callsPerSecond);
    this.spentUs[6]!.push(cpuUs() - startUs);
  }

  #open(count: number): void {
    const first = this.#next;
    this.#next += count;
    const sent = this.#receive(0, this.#caller, count, 2, (index) => this.#peers.invite(first + index, this.#userOf(first + index)));
    // The 100 goes out first.
    const invites = sent.filter((_, index) => index % 2 === 1);
    this.#receive(1, this.#callee, count, 1, (index) => this.#peers.ringing(invites[index]!, first + index));
    this.#receive(2, this.#callee, count, 1, (index) => this.#peers.ok(invites[index]!, first + index));
    this.#receive(3, this.#caller, count, 1, (index) => this.#peers.ack(first + index, this.#userOf(first + index)));
  }

  /** Lets all transactions end. */
  settle(): void {
    for (let second = 0; second < 70; second += 1) this.node.clock.advance(1000);
    if (this.node.transactionCount !== 0) throw new Error(`${this.node.transactionCount} transactions are left`);
  }

  #register(): void {
    const { users } = this.#options;
    for (let first = 0; first < users; first += 1000) {
      const count = Math.min(1000, users - first);
      this.#receive(undefined, this.#callee, count, 1, (index) => this.#peers.register(first + index));
      this.node.clock.advance(33_000);
    }
  }

  #userOf(call: number): number {
    return (call * STRIDE) % this.#options.users;
  }

  /** Lets the node receive `count` messages and gives back what it sent: `answers` for each. */
  #receive(phase: number | undefined, from: Source, count: number, answers: number, make: (index: number) => string): string[] {
    const { node } = this;
    const messages = Array.from({ length: count }, (_, index) => make(index));
    const startUs = cpuUs();
    for (const message of messages) node.endpoint.onMessage(message, from);
    node.endpoint.onBatchEnd();
    if (phase !== undefined) this.spentUs[phase]!.push(cpuUs() - startUs);
    if (node.sentCount !== count * answers) throw new Error(`${count} × ${PHASES[phase ?? 0]}: ${node.sentCount} messages were sent`);
    const sent = Array.from({ length: node.sentCount }, (_, index) => node.sent(index));
    node.forgetSent();
    return sent;
  }
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
