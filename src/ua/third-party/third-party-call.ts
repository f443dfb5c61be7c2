import { randomHex } from '../../base/ids.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import type { ServerTransaction } from '../../sip/endpoint/server-transaction.ts';
import type { SipMessage } from '../../sip/message/sip-message.ts';
import type { Announcer } from '../announcer.ts';
import type { CallLeg, CallLegUser } from '../call-leg.ts';
import type { IncomingOffer } from '../incoming-offer.ts';
import { answerRequest } from '../invite-answer.ts';
import { nameAddress } from '../name-address.ts';
import type { ServiceAgent } from '../service-agent.ts';
import { descriptionOf } from '../session-description.ts';
import { SessionOrigin } from '../session-origin.ts';
import { AnnouncementFlow } from './announcement.ts';
import { FlowI } from './flow-i.ts';
import { FlowIv } from './flow-iv.ts';
import { FlowRefer } from './flow-refer.ts';
import type { Flow, FlowPort } from './flow.ts';
import { causeOf, type Cause, type Party, type Plan, type Step } from './plan.ts';
import { Renegotiation } from './renegotiation.ts';
import { sipfragStatus } from './sipfrag.ts';

/** What a call tells, beyond its id and the time. */
export type Told = Omit<Step, 'id' | 'atMs'>;

export interface ThirdPartyCallParts {
  readonly agent: ServiceAgent;
  readonly plan: Plan;
  /** Undefined where the service cannot speak; then the plan must have a callee. */
  readonly announcer: Announcer | undefined;
  readonly tell: (told: Told) => void;
}

const DURATION = 0;
/** Ringing times: the timer of a side is this and `PARTIES.indexOf(side)`. */
const RINGING = 1;
const PARTIES = ['caller', 'callee'] as const;

/** A side: its leg once it was called, and how session descriptions look to it. */
class Side {
  readonly party: Party;
  readonly origin = new SessionOrigin();
  readonly ringing: Timer;
  leg: CallLeg | undefined;

  constructor(party: Party, owner: TimerOwner) {
    this.party = party;
    this.ringing = new Timer(owner, RINGING + PARTIES.indexOf(party));
  }
}

/**
 * One call between two phones that the service makes (RFC 3725). A flow says which offer goes where;
 * this rings, waits, gives up and hangs up. Whatever happens, it ends once: with `ended` when it was
 * connected, with `failed` when it was not or the announcement could not be heard.
 */
export class ThirdPartyCall implements FlowPort, CallLegUser, TimerOwner {
  readonly plan: Plan;
  readonly #agent: ServiceAgent;
  readonly #tell: (told: Told) => void;
  readonly #sides: Readonly<Record<Party, Side>> = { caller: new Side('caller', this), callee: new Side('callee', this) };
  readonly #duration = new Timer(this, DURATION);
  #flow: Flow;
  #state: 'setting-up' | 'connected' | 'over' = 'setting-up';
  #hasRung = false;
  #renegotiation: Renegotiation | undefined;
  /** Legs that are done with while the call goes on: what a REFER began may still be told in their dialog. */
  readonly #released: CallLeg[] = [];

  constructor({ agent, plan, announcer, tell }: ThirdPartyCallParts) {
    this.plan = plan;
    this.#agent = agent;
    this.#tell = tell;
    this.#flow = this.#firstFlow(announcer);
  }

  start(): void {
    // Each step has a time of its own; this is the end of what none of them bounds.
    this.#agent.core.clock.arm(this.#duration, this.plan.maxDurationMs);
    this.#flow.start();
  }

  /** Gives up what rings, hangs up what talks. */
  cancel(): void {
    if (this.#state === 'connected') this.#finish({ event: 'ended' });
    else this.#finish({ event: 'failed', cause: 'cancelled' });
  }

  /** The service stops. */
  interrupt(): void {
    if (this.#state === 'connected') this.#finish({ event: 'ended' });
    else this.#finish({ event: 'failed', cause: 'internal' });
  }

  onTimer(kind: number): void {
    if (kind === DURATION) {
      this.#finish(this.#state === 'connected' ? { event: 'ended' } : { event: 'failed', cause: 'internal' });
    } else {
      this.failed(PARTIES[kind - RINGING]!, 408, 'no-answer');
    }
  }

  // What the flow asks for.

  invite(party: Party, offer: string, limitMs = Number.POSITIVE_INFINITY): void {
    const side = this.#sides[party];
    const { from, fromName, to, toName, shownUri = to, ringMs } = this.plan;
    const names = party === 'caller' ? { from: nameAddress(toName, shownUri || from), uri: from } : { from: nameAddress(fromName, from), uri: to };
    side.leg = this.#agent.invite(
      {
        uri: names.uri,
        from: `${names.from};tag=${randomHex(8)}`,
        to: `<${names.uri}>`,
        headers: `X-Sipweet-Call: ${this.plan.id};leg=${party}\r\n`,
        offer: side.origin.own(offer),
      },
      this,
    );
    this.#agent.core.clock.arm(side.ringing, Math.min(ringMs, limitMs));
  }

  reinvite(party: Party, offer: string): void {
    const side = this.#sides[party];
    side.leg?.reinvite(side.origin.own(offer), true);
  }

  acknowledge(party: Party, answer: string): void {
    const side = this.#sides[party];
    side.leg?.acknowledge(side.origin.own(answer));
  }

  refer(): void {
    const { from, to, shownUri = from } = this.plan;
    const headers = `Refer-To: <${to}>\r\nReferred-By: <${shownUri}>\r\nContact: ${this.#agent.core.contact}\r\n`;
    this.#sides.caller.leg?.request({ method: 'REFER', headers }, (status) => {
      if (this.#state === 'setting-up') this.#flow.referred?.(status);
    });
    // The phone's own call rings as long as one of ours would.
    this.#agent.core.clock.arm(this.#sides.callee.ringing, this.plan.ringMs);
  }

  answered(): void {
    this.#tell({ event: 'answered', party: 'caller' });
  }

  connected(): void {
    if (this.#state !== 'setting-up') return;
    this.#state = 'connected';
    this.#agent.core.clock.disarm(this.#sides.callee.ringing);
    this.#agent.core.clock.arm(this.#duration, this.plan.maxDurationMs);
    this.#tell({ event: 'connected' });
  }

  failed(party: Party, status: number, cause: Cause = causeOf(status, this.#sides[party].leg?.hasRung === true)): void {
    this.#finish({ event: 'failed', party, cause, ...(status === 0 ? {} : { status }) });
  }

  left(): void {
    this.#finish({ event: 'ended' });
  }

  become(flow: Flow): void {
    this.#flow = flow;
  }

  // What the legs tell.

  onRinging(leg: CallLeg): void {
    if (this.#hasRung || this.#partyOf(leg) !== 'caller') return;
    this.#hasRung = true;
    this.#tell({ event: 'ringing', party: 'caller' });
  }

  onAccepted(leg: CallLeg, response: SipMessage): void {
    const party = this.#partyOf(leg);
    this.#agent.core.clock.disarm(this.#sides[party].ringing);
    const description = descriptionOf(response);
    if (this.#renegotiation === undefined) this.#flow.accepted(party, { description, takesRefer: takesRefer(response) });
    else if (!this.#renegotiation.accepted(description)) this.#renegotiation = undefined;
  }

  onRefused(leg: CallLeg, status: number): void {
    const party = this.#partyOf(leg);
    this.#agent.core.clock.disarm(this.#sides[party].ringing);
    if (this.#renegotiation === undefined) {
      this.#flow.refused(party, status);
      return;
    }
    this.#renegotiation.refused(status);
    this.#renegotiation = undefined;
  }

  onHungUp(leg: CallLeg, status: number): void {
    const party = this.#partyOf(leg);
    if (this.#state === 'connected') this.#finish({ event: 'ended' });
    else if (party === 'caller' && status === 0 && this.#flow.hungUp?.() === true) return;
    else if (status === 0) this.failed(party, 0, 'cancelled');
    else this.failed(party, status, 'unreachable');
  }

  onOffer(leg: CallLeg, offer: IncomingOffer): void {
    const party = this.#partyOf(leg);
    const other = this.#sides[party === 'caller' ? 'callee' : 'caller'];
    if (this.#state !== 'connected' || other.leg === undefined) {
      // There is nobody yet, or nobody at all, to agree on media with.
      offer.refuse(488, 'Not Acceptable Here');
    } else if (this.#renegotiation !== undefined || !other.leg.isIdle) {
      offer.refuse(491, 'Request Pending');
    } else {
      this.#renegotiation = new Renegotiation({ offer, from: { leg, origin: this.#sides[party].origin }, to: { leg: other.leg, origin: other.origin } });
    }
  }

  onOfferAcknowledged(_leg: CallLeg, description: string): void {
    this.#renegotiation?.acknowledged(description);
    this.#renegotiation = undefined;
  }

  onRequest(leg: CallLeg, transaction: ServerTransaction): void {
    if (transaction.request.method === 'NOTIFY') this.#receiveNotify(leg, transaction);
    else this.#passOnInfo(leg, transaction);
  }

  onReleased(leg: CallLeg): void {
    if (this.#state === 'over') this.#agent.forget(leg);
    else this.#released.push(leg);
  }

  #receiveNotify(leg: CallLeg, transaction: ServerTransaction): void {
    const { request } = transaction;
    if (this.#flow.notified === undefined || this.#partyOf(leg) !== 'caller') {
      answerRequest(transaction, { status: 481, reason: 'Subscription Does Not Exist' });
      return;
    }
    answerRequest(transaction, { status: 200, reason: 'OK' });
    const [index] = request.fieldsNamed('Subscription-State');
    const isLast = index !== undefined && /^terminated/i.test(request.fieldValue(index));
    this.#flow.notified(sipfragStatus(request.body), isLast);
  }

  /** INFO, the digits of a telephone for instance, goes to the other side, and its answer back. */
  #passOnInfo(leg: CallLeg, transaction: ServerTransaction): void {
    const { request } = transaction;
    const other = this.#sides[this.#partyOf(leg) === 'caller' ? 'callee' : 'caller'].leg;
    if (this.#state !== 'connected' || other === undefined || other.isOver) {
      answerRequest(transaction, { status: 200, reason: 'OK' });
      return;
    }
    const headers = ['Content-Type', 'Info-Package'].flatMap((name) => request.fieldsNamed(name).map((index) => `${name}: ${request.fieldValue(index)}\r\n`)).join('');
    other.request({ method: 'INFO', headers, body: request.body }, (status) => answerRequest(transaction, { status, reason: status < 300 ? 'OK' : 'Refused by the Other Side' }));
  }

  #partyOf(leg: CallLeg): Party {
    return leg === this.#sides.callee.leg ? 'callee' : 'caller';
  }

  #firstFlow(announcer: Announcer | undefined): Flow {
    const { to, flow } = this.plan;
    if (to === '' && announcer !== undefined) return new AnnouncementFlow(this, announcer);
    // Sixteenths of 64*T1 are left for the answer to travel: see `FlowI`.
    const limitMs = (this.#agent.core.timings.timeoutMs * 15) / 16;
    switch (flow) {
      case 'i':
        return new FlowI(this, limitMs);
      case 'refer':
        return new FlowRefer(this);
      case 'iv':
        return new FlowIv(this);
      case 'auto':
        return new FlowIv(this, { limitMs });
    }
  }

  #finish(told: Told): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    const { clock } = this.#agent.core;
    clock.disarm(this.#duration);
    for (const party of PARTIES) {
      clock.disarm(this.#sides[party].ringing);
      this.#sides[party].leg?.end();
    }
    for (const leg of this.#released) this.#agent.forget(leg);
    this.#flow.over?.();
    this.#tell(told);
  }
}

function takesRefer(response: SipMessage): boolean {
  const lines = response.fieldsNamed('Allow').map((index) => response.fieldValue(index));
  return lines.length === 0 || lines.some((line) => /(?:^|,)\s*REFER\s*(?:,|$)/i.test(line));
}
