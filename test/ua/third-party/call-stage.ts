import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { IncomingCall } from '../../../src/ua/incoming-call.ts';
import type { ServiceAgent } from '../../../src/ua/service-agent.ts';
import type { Plan, Step } from '../../../src/ua/third-party/plan.ts';
import { ThirdPartyCalls } from '../../../src/ua/third-party/third-party-calls.ts';
import { VirtualNetwork } from '../virtual-network.ts';
import { FakeAnnouncer, settled } from './fake-announcer.ts';

/** Session description of a phone, with an address that is nobody else's. */
export function audioOf(user: string): string {
  const address = ADDRESSES[user]!;
  return `v=0\r\no=${user} 7 7 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`;
}

/** Where a description has its media: address and port. */
export function mediaOf(description: string): string {
  return `${/c=IN IP4 (\S+)/.exec(description)?.[1]}:${/m=audio (\d+)/.exec(description)?.[1]}`;
}

export const ADDRESSES: Readonly<Record<string, string>> = { alice: '192.0.2.11', bob: '192.0.2.22' };

const PLAN: Plan = { id: 'c1', from: 'sip:alice@example.com', fromName: 'Alice', to: 'sip:bob@example.com', toName: 'Bob', flow: 'iv', ringMs: 45_000, maxDurationMs: 3_600_000 };

/** The service's agent and its calls, behind a proxy with the phones of alice and bob, in virtual time. */
export class CallStage {
  readonly net = new VirtualNetwork();
  readonly agent: ServiceAgent;
  readonly announcer = new FakeAnnouncer();
  readonly counters = new Counters();
  readonly calls: ThirdPartyCalls;
  readonly steps: Step[] = [];
  /** Calls that came in, by the phone's user. */
  readonly incoming: Record<string, IncomingCall[]> = { alice: [], bob: [] };

  constructor({ maxActive = 10 } = {}) {
    this.agent = this.net.agent();
    this.calls = new ThirdPartyCalls({ agent: this.agent, announcer: this.announcer, maxActive, logger: silentLogger, counters: this.counters });
  }

  /** Puts a phone there that does this with each call. */
  phone(user: string, does: (call: IncomingCall) => void, address = ADDRESSES[user]!): void {
    this.net.phone(user, address, {
      description: audioOf(user),
      onCall: (call) => {
        this.incoming[user]!.push(call);
        does(call);
      },
    });
  }

  start(plan: Partial<Plan> = {}): boolean {
    return this.calls.start({ ...PLAN, ...plan }, (step) => void this.steps.push(step));
  }

  /** Lets time pass, and promises settle in between. */
  async pass(ms: number): Promise<void> {
    const step = Math.max(1, Math.ceil(ms / 50));
    for (let passed = 0; passed < ms; passed += step) {
      this.net.clock.advance(Math.min(step, ms - passed));
      await settled();
    }
  }

  /** What the last call told, in short. */
  get told(): string[] {
    return this.steps.map(({ event, party, cause, status }) => [event, party, cause, status].filter((part) => part !== undefined).join(' '));
  }

  count(name: string): number {
    return this.counters.all().find((counter) => counter.name === name)!.value;
  }
}

export const answers = (call: IncomingCall): void => {
  call.ring();
  call.answer();
};
export const rings = (call: IncomingCall): void => call.ring();
export const refuses = (status: number) => (call: IncomingCall): void => {
  call.ring();
  call.reject(status, 'No');
};
