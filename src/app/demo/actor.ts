import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Destination } from '../../sip/transport/transport.ts';
import type { IncomingCall } from '../../ua/incoming-call.ts';
import { UserAgent } from '../../ua/user-agent.ts';

export interface ActorOptions {
  readonly name: string;
  /** Handle on X, without `@`. */
  readonly onX: string;
  readonly domain: string;
  readonly password: string;
  readonly proxy: Destination;
  readonly address: string;
  /** Where the phone would take sound, for its session description: it has none. */
  readonly audioPort: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A person of the demonstration, with a phone and an account on X. */
export class Actor {
  readonly name: string;
  readonly onX: string;
  readonly phone: UserAgent;
  readonly #calls: IncomingCall[] = [];
  readonly #waiting: ((call: IncomingCall) => void)[] = [];

  private constructor(name: string, onX: string, start: (onCall: (call: IncomingCall) => void) => UserAgent) {
    this.name = name;
    this.onX = onX;
    this.phone = start((call) => this.#onCall(call));
  }

  static async enter(options: ActorOptions): Promise<Actor> {
    const { name, onX, audioPort, ...phone } = options;
    let onCall: (call: IncomingCall) => void = () => {};
    const displayName = name.charAt(0).toUpperCase() + name.slice(1);
    const agent = await UserAgent.start({ ...phone, user: name, displayName, description: audioAt(phone.address, audioPort), onCall: (call) => onCall(call) });
    return new Actor(name, onX, (handler) => {
      onCall = handler;
      return agent;
    });
  }

  /** The next call that the phone gets, or has got already. */
  nextCall(): Promise<IncomingCall> {
    const call = this.#calls.shift();
    if (call !== undefined) return Promise.resolve(call);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): Promise<void> {
    return this.phone.close();
  }

  #onCall(call: IncomingCall): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#calls.push(call);
    else waiting(call);
  }
}

function audioAt(address: string, port: number): string {
  return `v=0\r\no=- 0 0 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;
}
