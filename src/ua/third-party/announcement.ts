import type { AnnouncementSession, Announcer } from '../announcer.ts';
import { hasMedia } from '../session-description.ts';
import type { Accepted, Flow, FlowPort } from './flow.ts';
import type { Party } from './plan.ts';

type State = 'idle' | 'opening' | 'ringing' | 'playing' | 'done';

/**
 * A call with one side: the announcer's offer goes to the caller's phones, and when somebody picks up
 * he is told what there is to tell. Then we hang up.
 *
 * ```
 *  idle ─start─► opening ─socket─► ringing ─2xx─► playing ─all sent─► done
 * ```
 */
export class AnnouncementFlow implements Flow {
  readonly #port: FlowPort;
  readonly #announcer: Announcer;
  #state: State = 'idle';
  #session: AnnouncementSession | undefined;

  constructor(port: FlowPort, announcer: Announcer) {
    this.#port = port;
    this.#announcer = announcer;
  }

  start(): void {
    this.#state = 'opening';
    this.#announcer.open().then(
      (session) => this.#ring(session),
      () => this.#fail('internal'),
    );
  }

  accepted(_party: Party, { description }: Accepted): void {
    if (this.#state !== 'ringing') return;
    this.#port.acknowledge('caller', '');
    this.#port.answered();
    if (!hasMedia(description)) {
      this.#fail('media');
      return;
    }
    this.#state = 'playing';
    this.#port.connected();
    this.#session!.play(description).then(
      () => {
        if (this.#state === 'playing') this.#port.left();
      },
      () => this.#fail('media'),
    );
  }

  refused(party: Party, status: number): void {
    this.#port.failed(party, status);
  }

  over(): void {
    this.#state = 'done';
    this.#session?.close();
  }

  #ring(session: AnnouncementSession): void {
    if (this.#state !== 'opening') {
      // The call was given up meanwhile.
      session.close();
      return;
    }
    this.#session = session;
    this.#state = 'ringing';
    this.#port.invite('caller', session.offer);
  }

  #fail(cause: 'internal' | 'media'): void {
    if (this.#state !== 'done') this.#port.failed('caller', 0, cause);
  }
}
