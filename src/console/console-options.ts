import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { LinksTable } from '../db/tables/links.ts';
import type { SigningIn } from './console-context.ts';
import type { PasswordCheck } from './password-check.ts';
import type { Webhook } from './routes/webhook.ts';

export interface ConsoleOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Origin as browsers see it; undefined for that of the socket. */
  readonly publicUrl: string | undefined;
  /** Addresses and blocks whose `X-Forwarded-For` is believed. */
  readonly proxies: readonly string[];
  readonly requestsPerMinute: number;
  readonly links: LinksTable;
  readonly passwords: PasswordCheck;
  /** Made when the address is known that X sends browsers back to; undefined when signing in is not set up. */
  readonly signIn: ((redirectUri: string) => SigningIn) | undefined;
  readonly webhook: Webhook | undefined;
  readonly networkOf: (address: string) => string;
  readonly botName: () => string | undefined;
  /** Rejects when the process cannot do its work. */
  readonly isReady: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
}
