import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { LinksTable } from '../db/tables/links.ts';
import type { XTokensTable } from '../db/tables/x-tokens.ts';
import type { SignIn } from '../x/oauth2.ts';
import type { ConsoleCounters } from './console-counters.ts';
import type { PasswordCheck } from './password-check.ts';
import type { RequestLimit } from './request-limit.ts';
import type { Sessions } from './sessions.ts';
import type { Signer } from './signer.ts';

/** Signing in with X, when the operator has set it up. */
export interface SigningIn {
  readonly x: SignIn;
  readonly tokens: XTokensTable;
}

/** What the routes share. */
export interface ConsoleContext {
  /** `https://link.example.com`: of the pages as browsers see it. */
  readonly origin: string;
  /** Whether browsers come over TLS. */
  readonly isSecure: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: ConsoleCounters;
  readonly signer: Signer;
  readonly sessions: Sessions;
  readonly links: LinksTable;
  readonly passwords: PasswordCheck;
  /** Whether signing in is set up. */
  readonly canSignIn: boolean;
  /** There from the first request on, when it is set up. */
  readonly signingIn: SigningIn | undefined;
  /** Requests that cost more than a page: forms, and returns from X. */
  readonly costlyLimit: RequestLimit;
  /** The name under which requests of an address are counted. */
  readonly networkOf: (address: string) => string;
  /** Our handle on X without `@`, once X has told it. */
  readonly botName: () => string | undefined;
}
