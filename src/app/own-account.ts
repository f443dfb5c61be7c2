import { errorText } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { XReading, XUser } from '../x/port.ts';

/** Milliseconds between two questions while X does not answer. */
const PAUSE_MS = 30_000;

/** Our own account on X: asked for once, since X charges for it, and again later while X does not answer. */
export class OwnAccount {
  readonly #x: Pick<XReading, 'me'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #account: XUser | undefined;
  #asking: Promise<XUser> | undefined;
  #nextMs = -Infinity;

  constructor(parts: { x: Pick<XReading, 'me'>; clock: Clock; logger: Logger }) {
    this.#x = parts.x;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** The handle without `@`, when X has told it; otherwise it is asked for, for another time. */
  get name(): string | undefined {
    if (this.#account === undefined && this.#clock.monotonicMs() >= this.#nextMs) {
      this.#nextMs = this.#clock.monotonicMs() + PAUSE_MS;
      this.get().catch((thrown: unknown) => this.#logger.info('X does not say who we are', { reason: errorText(thrown) }));
    }
    return this.#account?.username;
  }

  /** @throws XFailure */
  get(): Promise<XUser> {
    if (this.#account !== undefined) return Promise.resolve(this.#account);
    this.#asking ??= this.#x
      .me()
      .then((account) => (this.#account = account))
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }
}
