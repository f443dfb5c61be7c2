import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Branch } from '../../src/proxy/branch.ts';
import type { Decision, ResponseContext } from '../../src/proxy/response-context.ts';
import { RequestEdits } from '../../src/proxy/request-edits.ts';
import { target } from '../../src/proxy/target.ts';
import type { EditList } from '../../src/sip/message/edit-list.ts';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import { answer, ProxyFixture, request, TestOwner, type Sent } from './proxy-fixture.ts';

/** A script that parks whenever the run says so, and sometimes tries one more phone. */
class MoodyOwner extends TestOwner {
  readonly parked: (() => void)[] = [];
  readonly #moods: readonly boolean[];
  #next = 0;
  retries: number;

  constructor(moods: readonly boolean[], retries: number) {
    super();
    this.#moods = moods;
    this.retries = retries;
  }

  override onBranch(branch: Branch): Decision {
    return this.#waits(() => branch.context.proxy !== undefined && (branch.context as ResponseContext).branchDecided(branch, 'go')) ? 'parked' : 'go';
  }

  override onReply(branch?: Branch, response?: SipMessage, edits?: EditList): Decision {
    const context = branch!.context as ResponseContext;
    return this.#waits(() => context.replyDecided(branch!, response!, edits!, 'go')) ? 'parked' : 'go';
  }

  override onBranchFailure(branch: Branch): 'go' | 'parked' {
    return this.#waits(() => (branch.context as ResponseContext).branchFailureHandled()) ? 'parked' : 'go';
  }

  override onFailure(context: ResponseContext): 'go' | 'parked' {
    if (this.#waits(() => this.#retry(context, () => context.failureHandled()))) return 'parked';
    this.#retry(context, () => {});
    return 'go';
  }

  #retry(context: ResponseContext, then: () => void): void {
    if (this.retries > 0) {
      this.retries -= 1;
      context.forward([target(`sip:bob@198.51.100.${50 + this.retries}`)], new RequestEdits());
    }
    then();
  }

  #waits(resume: () => void): boolean {
    const mood = this.#moods[this.#next++ % Math.max(1, this.#moods.length)] ?? false;
    if (mood) this.parked.push(resume);
    return mood;
  }
}

type Step =
  | { readonly kind: 'answer'; readonly branch: number; readonly status: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'cancel' | 'retransmit' | 'resume' | 'lost' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('answer' as const), branch: fc.nat(5), status: fc.constantFrom(100, 180, 183, 200, 302, 401, 404, 408, 480, 486, 487, 500, 503, 600, 603) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 200, 500, 5000, 32_000, 33_000, 64_000, 181_000, 200_000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'retransmit' as const, 'resume' as const, 'resume' as const, 'lost' as const) }) },
);

/** A call as one random run of steps makes it, and what the caller saw of it. */
function play(method: string, branchCount: number, steps: readonly Step[], owner: MoodyOwner): { net: ProxyFixture; finals: Map<string, number> } {
  const net = new ProxyFixture({ firstResponseMs: 30_000 });
  net.owner = owner;
  net.targets = Array.from({ length: branchCount }, (_, index) => target(`sip:bob@198.51.100.${index + 2}`));
  const requests: Sent[] = [];
  const finals = new Map<string, number>();
  const look = (): void => {
    for (const sent of net.take()) {
      if (sent.message.isRequest) {
        if (sent.message.method === method && !requests.some((known) => known.text === sent.text)) requests.push(sent);
        // A CANCEL is answered at once; what becomes of the INVITE is up to the steps.
        if (sent.message.method === 'CANCEL') net.receive(answer(sent, 200), sent.to);
      } else if (sent.to === '203.0.113.9:5090' && sent.message.method === method && sent.message.status >= 200) {
        finals.set(sent.text, sent.message.status);
        if (method === 'INVITE' && sent.message.status >= 300) net.receive(request({ method: 'ACK', toTag: sent.message.to!.tag! }));
      }
    }
  };
  const act = (one: Step): void => {
    switch (one.kind) {
      case 'answer': {
        const sent = requests[one.branch % Math.max(1, requests.length)];
        if (sent !== undefined) net.receive(answer(sent, one.status, 'Reason', '', `b${one.branch}`), sent.to);
        return;
      }
      case 'advance':
        net.clock.advance(one.ms);
        return;
      case 'cancel':
        net.receive(request({ method: 'CANCEL' }));
        return;
      case 'retransmit':
        // Later it would be a new request.
        if (net.endpoint.serverTransactionCount > 0) net.receive(request({ method }));
        return;
      case 'resume':
        owner.parked.shift()?.();
        return;
      case 'lost': {
        const sent = requests.at(-1);
        // What the transport reports of a destination that is none of ours must not matter.
        if (sent !== undefined) net.endpoint.onSendError({ protocol: 'udp', address: sent.to.split(':')[0]!, port: 5060 }, 'ECONNREFUSED');
      }
    }
  };
  net.receive(request({ method }));
  look();
  for (const one of steps) {
    act(one);
    look();
  }
  // The script comes to an end, and time passes until every timer has run.
  for (let round = 0; round < 40; round += 1) {
    while (owner.parked.length > 0) owner.parked.shift()!();
    look();
    net.clock.advance(20_000);
    look();
  }
  return { net, finals };
}

function check(method: string, branchCount: number, steps: readonly Step[], moods: readonly boolean[], retries: number): void {
  const { net, finals } = play(method, branchCount, steps, new MoodyOwner(moods, retries));
  const statuses = [...finals.values()];
  const failures = statuses.filter((status) => status >= 300).length;
  const successes = statuses.length - failures;
  assert.deepEqual(net.logged, [], 'nothing throws');
  assert.ok(failures <= 1, `one failure at most: ${statuses.join(' ')}`);
  assert.ok(failures === 0 || successes === 0, `a failure and a success: ${statuses.join(' ')}`);
  if (method === 'INVITE') assert.ok(statuses.length >= 1, 'the caller is answered');
  else assert.ok(statuses.length <= 1, `one answer at most: ${statuses.join(' ')}`);
  assert.deepEqual([net.endpoint.serverTransactionCount, net.endpoint.clientTransactionCount, net.clock.armed], [0, 0, 0], 'nothing is left');
}

const run = [fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 25 }), fc.array(fc.boolean(), { maxLength: 8 }), fc.nat(2)] as const;

test('whatever happens to an INVITE: one failure or successes only go upstream, and nothing is left', () => {
  fc.assert(fc.property(...run, (branches, steps, moods, retries) => check('INVITE', branches, steps, moods, retries)), { numRuns: 300 });
});

test('whatever happens to another request: at most one final response goes upstream, and nothing is left', () => {
  fc.assert(fc.property(...run, (branches, steps, moods, retries) => check('MESSAGE', branches, steps, moods, retries)), { numRuns: 150 });
});
