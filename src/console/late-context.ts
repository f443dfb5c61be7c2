import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { LinksTable } from '../db/tables/links.ts';
import type { ConsoleContext, SigningIn } from './console-context.ts';
import { consoleCounters, type ConsoleCounters } from './console-counters.ts';
import type { ConsoleOptions } from './console-options.ts';
import type { PasswordCheck } from './password-check.ts';
import { RequestLimit } from './request-limit.ts';
import { CALLBACK_PATH } from './routes/callback.ts';
import { Sessions } from './sessions.ts';
import { Signer } from './signer.ts';

/** Forms and returns from X cost more than pages: so many times fewer. */
const COSTLY_SHARE = 10;

/** What the routes share; the parts that hang on our own address are there when the socket is. */
export class LateContext implements ConsoleContext {
  readonly isSecure: boolean;
  readonly canSignIn: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: ConsoleCounters;
  readonly signer = new Signer();
  readonly sessions: Sessions;
  readonly links: LinksTable;
  readonly passwords: PasswordCheck;
  readonly costlyLimit: RequestLimit;
  readonly networkOf: (address: string) => string;
  readonly botName: () => string | undefined;
  origin = '';
  signingIn: SigningIn | undefined;
  failure: unknown;
  readonly #signIn: ConsoleOptions['signIn'];

  constructor(options: ConsoleOptions) {
    const { clock, logger, counters, links, passwords, networkOf, botName, publicUrl, signIn, requestsPerMinute } = options;
    this.isSecure = publicUrl?.startsWith('https:') === true;
    this.canSignIn = signIn !== undefined;
    this.clock = clock;
    this.logger = logger;
    this.counters = consoleCounters(counters);
    this.sessions = new Sessions({ clock });
    this.links = links;
    this.passwords = passwords;
    this.costlyLimit = new RequestLimit({ clock, perMinute: Math.max(1, Math.floor(requestsPerMinute / COSTLY_SHARE)) });
    this.networkOf = networkOf;
    this.botName = botName;
    this.#signIn = signIn;
  }

  /** Called when the socket listens, before the first connection. A failure is kept: it struck where nobody could catch it. */
  settle(origin: string): void {
    this.origin = new URL(origin).origin;
    try {
      this.signingIn = this.#signIn?.(`${this.origin}${CALLBACK_PATH}`);
    } catch (thrown) {
      this.failure = thrown;
    }
  }
}
