import assert from 'node:assert/strict';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import type { IncomingCall } from '../../src/ua/incoming-call.ts';
import type { UserAgent, UserAgentOptions } from '../../src/ua/user-agent.ts';
import { until } from '../jobs/until.ts';
import { STEP_MS, type Stack } from './stack.ts';

const REGISTRATION_S = 300;

/** A phone that hands out its calls and instant messages one after the other. */
export class Ringer {
  readonly calls: IncomingCall[] = [];
  readonly messages: SipMessage[] = [];
  readonly #user: string;
  #agent: UserAgent | undefined;
  #callsTaken = 0;
  #messagesTaken = 0;

  private constructor(user: string) {
    this.#user = user;
  }

  /** Not registered yet. */
  static async open(stack: Stack, user: string, options: Partial<UserAgentOptions> = {}): Promise<Ringer> {
    const ringer = new Ringer(user);
    ringer.#agent = await stack.agent({ user, onCall: (call) => ringer.calls.push(call), onMessage: (message) => ringer.messages.push(message), ...options });
    return ringer;
  }

  get agent(): UserAgent {
    return this.#agent!;
  }

  async register(): Promise<this> {
    assert.equal(await this.agent.register(REGISTRATION_S), 200, `${this.#user} registers`);
    return this;
  }

  async nextCall(limitMs = STEP_MS): Promise<IncomingCall> {
    const at = this.#callsTaken;
    this.#callsTaken += 1;
    await until(`a phone of ${this.#user} rings`, () => this.calls.length > at, limitMs);
    return this.calls[at]!;
  }

  /** The next call, which rings and is answered. */
  async answers(): Promise<IncomingCall> {
    const call = await this.nextCall();
    call.ring();
    call.answer();
    return call;
  }

  async nextMessage(): Promise<SipMessage> {
    const at = this.#messagesTaken;
    this.#messagesTaken += 1;
    await until(`a phone of ${this.#user} gets a message`, () => this.messages.length > at, STEP_MS);
    return this.messages[at]!;
  }

  /** Is not there any more. */
  async leave(): Promise<void> {
    assert.equal(await this.agent.register(0), 200);
  }
}

/** The text of an instant message. */
export function textOf(message: SipMessage): string {
  return Buffer.from(message.body, 'latin1').toString('utf8');
}
