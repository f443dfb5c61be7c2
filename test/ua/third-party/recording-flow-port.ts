import type { Flow, FlowPort } from '../../../src/ua/third-party/flow.ts';
import type { Cause, Party } from '../../../src/ua/third-party/plan.ts';
import { HELD_OFFER, MEDIALESS_OFFER } from '../../../src/ua/session-description.ts';

const NAMES = new Map([
  ['', 'nothing'],
  [MEDIALESS_OFFER, 'no media'],
  [HELD_OFFER, 'hold'],
]);

/** Session descriptions of the tests; the first word of their subject line is what the recorded verbs call them. */
export function sdp(name: string): string {
  return `v=0\r\no=x 1 1 IN IP4 192.0.2.7\r\ns=${name}\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`;
}

/** Writes down what a flow asks for, as `invite caller: no media`. */
export class RecordingFlowPort implements FlowPort {
  /** The flow that is in charge, when another one has taken over. */
  flow: Flow | undefined;
  #verbs: string[] = [];

  /** All verbs since the last call. */
  take(): string[] {
    const verbs = this.#verbs;
    this.#verbs = [];
    return verbs;
  }

  invite(party: Party, offer: string, limitMs?: number): void {
    this.#verbs.push(`invite ${party}: ${nameOf(offer)}${limitMs === undefined ? '' : ` within ${limitMs}`}`);
  }

  reinvite(party: Party, offer: string): void {
    this.#verbs.push(`reinvite ${party}: ${nameOf(offer)}`);
  }

  acknowledge(party: Party, answer: string): void {
    this.#verbs.push(`ack ${party}: ${nameOf(answer)}`);
  }

  refer(): void {
    this.#verbs.push('refer');
  }

  answered(): void {
    this.#verbs.push('answered');
  }

  connected(): void {
    this.#verbs.push('connected');
  }

  failed(party: Party, status: number, cause?: Cause): void {
    this.#verbs.push(`failed ${party} ${status}${cause === undefined ? '' : ` ${cause}`}`);
  }

  left(): void {
    this.#verbs.push('left');
  }

  become(flow: Flow): void {
    this.flow = flow;
    this.#verbs.push(`become ${flow.constructor.name}`);
  }
}

function nameOf(description: string): string {
  return NAMES.get(description) ?? /s=(\S*)/.exec(description)?.[1] ?? description;
}

/** What a 2xx brings from a phone that lists REFER, or does not. */
export function brings(description: string, takesRefer = true) {
  return { description, takesRefer };
}
