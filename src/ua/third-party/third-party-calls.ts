import type { Counter, Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import type { Announcer } from '../announcer.ts';
import { isCallable } from '../name-address.ts';
import type { ServiceAgent } from '../service-agent.ts';
import type { Plan, Step } from './plan.ts';
import { ThirdPartyCall, type Told } from './third-party-call.ts';

/** What may stand in the header `X-Sipweet-Call` before its parameter. */
const ID = /^[\w.!%*+`'~:@/=-]{1,256}$/;

/** How long the phones have to answer the last BYEs when the service stops. */
const LEAVE_MS = 2000;

export interface ThirdPartyCallsParts {
  readonly agent: ServiceAgent;
  /** Undefined lets announcements be refused. */
  readonly announcer: Announcer | undefined;
  readonly maxActive: number;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** The calls that the service makes; the script's port `CallControl`. */
export class ThirdPartyCalls implements TimerOwner {
  readonly #parts: ThirdPartyCallsParts;
  readonly #calls = new Map<string, ThirdPartyCall>();
  readonly #leaving = new Timer(this);
  readonly #started: Counter;
  readonly #refused: Counter;
  readonly #connected: Counter;
  readonly #failed: Counter;
  #isClosed = false;
  #giveUp: () => void = () => {};

  constructor(parts: ThirdPartyCallsParts) {
    const { counters } = parts;
    this.#parts = parts;
    this.#started = counters.define('calls.started', 'Calls that the service began to make');
    this.#refused = counters.define('calls.refused', 'Calls that were not begun: at calls.maxActive, with an id that lives, or with a URI that cannot be called');
    this.#connected = counters.define('calls.connected', 'Calls of the service whose two sides were connected, or whose announcement began');
    this.#failed = counters.define('calls.failed', 'Calls of the service that came to nothing');
  }

  get active(): number {
    return this.#calls.size;
  }

  start(plan: Plan, onProgress: (step: Step) => void): boolean {
    const problem = this.#problemOf(plan);
    if (problem !== undefined) {
      this.#refused.value += 1;
      this.#parts.logger.warn('A call of the service was not begun', { id: plan.id, why: problem });
      return false;
    }
    const { agent, announcer } = this.#parts;
    const call = new ThirdPartyCall({ agent, plan, announcer, tell: (told) => this.#told(plan.id, told, onProgress) });
    this.#calls.set(plan.id, call);
    this.#started.value += 1;
    call.start();
    return true;
  }

  cancel(id: string): boolean {
    const call = this.#calls.get(id);
    call?.cancel();
    return call !== undefined;
  }

  /** Ends every call, and resolves when the phones know it, or two seconds later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const { agent } = this.#parts;
    for (const call of [...this.#calls.values()]) call.interrupt();
    const givenUp = new Promise<void>((resolve) => {
      this.#giveUp = resolve;
    });
    agent.core.clock.arm(this.#leaving, LEAVE_MS);
    await Promise.race([agent.quiet(), givenUp]);
    agent.core.clock.disarm(this.#leaving);
  }

  onTimer(): void {
    this.#giveUp();
  }

  #problemOf({ id, from, to, shownUri }: Plan): string | undefined {
    const { agent, announcer, maxActive } = this.#parts;
    if (this.#isClosed || agent.local === undefined) return 'the service is not running';
    if (!ID.test(id)) return 'the id is no token';
    if (this.#calls.has(id)) return 'a call with this id lives';
    // Legs that are being hung up count: a flood of short calls is a flood too.
    if (this.#calls.size >= maxActive || agent.legCount >= 4 * maxActive) return 'calls.maxActive is reached';
    if (!isCallable(from)) return 'the caller is no SIP URI';
    if (to === '' ? announcer === undefined : !isCallable(to)) return to === '' ? 'there is no announcer' : 'the callee is no SIP URI';
    if (shownUri !== undefined && !isCallable(shownUri)) return 'what the caller is shown is no SIP URI';
    return undefined;
  }

  #told(id: string, told: Told, onProgress: (step: Step) => void): void {
    const { agent } = this.#parts;
    if (told.event === 'connected') this.#connected.value += 1;
    if (told.event === 'failed') this.#failed.value += 1;
    if (told.event === 'failed' || told.event === 'ended') this.#calls.delete(id);
    onProgress({ id, ...told, atMs: agent.core.clock.now() });
  }
}
