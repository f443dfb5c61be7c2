import { Timer } from '../../../src/base/timer-wheel.ts';
import { isRetransmitTimer, type TimerName, type TransactionFailure } from '../../../src/sip/transaction/port.ts';
import type { InviteClientPort } from '../../../src/sip/transaction/invite-client.ts';
import type { InviteServerPort } from '../../../src/sip/transaction/invite-server.ts';
import type { NonInviteClientPort } from '../../../src/sip/transaction/non-invite-client.ts';
import type { NonInviteServerPort } from '../../../src/sip/transaction/non-invite-server.ts';
import type { VirtualClock } from '../../../src/testing/clock.ts';

type AnyPort = InviteClientPort<string> &
  NonInviteClientPort<string> &
  InviteServerPort<string, string> &
  NonInviteServerPort<string>;

const RETRANSMIT = 0;
const LIFETIME = 1;

/**
 * The owner of one machine under test. It writes down each verb, throws where a machine breaks a
 * promise of `TransactionPort`, and, given a clock, drives the machine with two real timers as the
 * endpoint does; each verb is then preceded by the second at which it came.
 */
export class RecordingPort implements AnyPort {
  /** Where fired timers go; set after the machine is made. */
  machine: { timerFired(timer: never): void } | undefined;
  /** Called at the end of each verb that may call the machine back. */
  reenter: () => void = () => {};
  endedCount = 0;
  failure: string | undefined;

  readonly #clock: VirtualClock | undefined;
  readonly #timers = [new Timer(this, RETRANSMIT), new Timer(this, LIFETIME)] as const;
  readonly #armed: [TimerName | undefined, TimerName | undefined] = [undefined, undefined];
  #verbs: string[] = [];
  #lastSent: string | undefined;

  constructor(clock?: VirtualClock) {
    this.#clock = clock;
  }

  /** The verbs since the last call. */
  take(): string[] {
    const verbs = this.#verbs;
    this.#verbs = [];
    return verbs;
  }

  get armed(): TimerName[] {
    return this.#armed.filter((name) => name !== undefined);
  }

  sendRequest(): void {
    this.#send('request');
  }

  sendAck(response: string): void {
    this.#send(response === '' ? 'ACK' : `ACK to ${response}`);
  }

  sendResponse(response: string): void {
    this.#send(response);
  }

  resend(): void {
    if (this.#lastSent === undefined) this.#broken('resend before anything was sent');
    this.#record(`resend ${this.#lastSent}`);
    this.reenter();
  }

  passUp(status: number, response: string): void {
    this.#record(response === '' ? `up ${status}` : `up ${status} ${response}`);
    this.reenter();
  }

  passUpAck(ack: string): void {
    this.#record(`up ${ack}`);
    this.reenter();
  }

  passUpFailure(failure: TransactionFailure): void {
    this.#record(`up ${failure}`);
    this.reenter();
  }

  startTimer(timer: TimerName, delayMs: number): void {
    const kind = isRetransmitTimer(timer) ? RETRANSMIT : LIFETIME;
    if (this.#armed[kind] !== undefined) this.#broken(`start ${timer} while ${this.#armed[kind]} is armed`);
    if (!(delayMs > 0)) this.#broken(`start ${timer} with ${delayMs}`);
    this.#armed[kind] = timer;
    this.#clock?.arm(this.#timers[kind], delayMs);
    this.#record(`start ${timer} ${delayMs}`);
  }

  stopTimer(timer: TimerName): void {
    const kind = isRetransmitTimer(timer) ? RETRANSMIT : LIFETIME;
    if (this.#armed[kind] !== timer) this.#broken(`stop ${timer}, which is not armed`);
    this.#armed[kind] = undefined;
    this.#clock?.disarm(this.#timers[kind]);
    this.#record(`stop ${timer}`);
  }

  ended(): void {
    if (this.armed.length > 0) this.#broken(`ended with ${this.armed.join(' and ')} armed`);
    this.#record('ended');
    this.endedCount += 1;
  }

  /** Fires an armed timer of the clock. */
  onTimer(kind: number): void {
    this.fire(this.#armed[kind]!);
  }

  /** Fires a timer by its letter, as the owner promises to: it is armed, and no longer so when the machine hears of it. */
  fire(timer: TimerName): void {
    const kind = this.#armed.indexOf(timer);
    if (kind < 0) this.#broken(`${timer} cannot fire, it is not armed`);
    this.#armed[kind] = undefined;
    this.#clock?.disarm(this.#timers[kind]!);
    this.machine?.timerFired(timer as never);
  }

  #send(what: string): void {
    this.#lastSent = what;
    this.#record(`send ${what}`);
    this.reenter();
  }

  #record(verb: string): void {
    if (this.endedCount > 0) this.#broken(`${verb} after the end`);
    this.#verbs.push(this.#clock === undefined ? verb : `${this.#clock.monotonicMs() / 1000}s ${verb}`);
  }

  #broken(promise: string): never {
    this.failure = promise;
    throw new Error(`The machine broke its promise: ${promise}`);
  }
}
