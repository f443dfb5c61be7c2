import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { XKeys } from '../client.ts';
import type { SandboxUser } from './accounts.ts';
import { Activity } from './activity/activity.ts';
import { Authenticator } from './auth.ts';
import { Faults } from './faults.ts';
import type { Naming } from './naming.ts';
import { OAuth1Verifier } from './oauth1.ts';
import { AuthorizationRequests } from './oauth2/authorization-requests.ts';
import type { OAuth2Client } from './oauth2/client.ts';
import { OAuth2Tokens } from './oauth2/tokens.ts';
import { RateLimits, type RateLimitTable } from './rate-limits.ts';
import { RequestLog } from './request-log.ts';
import { Spend } from './spend.ts';
import { SandboxState } from './state.ts';
import { FilteredStream } from './stream/filtered-stream.ts';
import type { LineStream } from './stream/line-stream.ts';

const MAX_USERS = 10_000;
const MAX_ITEMS = 10_000;
const MAX_REQUESTS = 5_000;

export interface SandboxParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keys: XKeys;
  readonly oauth2Client: OAuth2Client;
  /** Handle of the account that the keys belong to. */
  readonly botUsername: string;
  readonly autoCreateUsers: boolean;
  readonly limitsEnabled: boolean;
  readonly limits: RateLimitTable;
  readonly limitSpeed: number;
  readonly maxWebhooks: number;
}

/** Everything that both sides of the sandbox, the API and the control port, work on. */
export class Sandbox {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keys: XKeys;
  readonly oauth2Client: OAuth2Client;
  readonly state: SandboxState;
  readonly tokens: OAuth2Tokens;
  readonly authorizations: AuthorizationRequests;
  readonly authenticator: Authenticator;
  readonly limits: RateLimits;
  readonly faults = new Faults();
  readonly requests = new RequestLog(MAX_REQUESTS);
  readonly spend: Spend;
  readonly filteredStream: FilteredStream;
  readonly activity: Activity;
  naming: Naming = 'tweet';
  readonly #ownerId: string;

  constructor(parts: SandboxParts) {
    const { clock, keys, botUsername, autoCreateUsers } = parts;
    this.clock = clock;
    this.logger = parts.logger;
    this.keys = keys;
    this.oauth2Client = parts.oauth2Client;
    this.state = new SandboxState({ clock, autoCreateUsers, maxUsers: MAX_USERS, maxItems: MAX_ITEMS });
    // Its id and not its handle belongs to the keys: the account may be renamed.
    this.#ownerId = this.state.putUser({ username: botUsername })!.id;
    this.tokens = new OAuth2Tokens(clock);
    this.authorizations = new AuthorizationRequests(this.tokens);
    this.authenticator = new Authenticator({
      keys,
      oauth1: new OAuth1Verifier(keys, clock),
      tokens: this.tokens,
      owner: () => this.bot,
      userById: (id) => this.state.userById(id),
    });
    this.limits = new RateLimits({ clock, table: parts.limits, enabled: parts.limitsEnabled, speed: parts.limitSpeed });
    this.spend = new Spend(clock);
    const { state, spend } = this;
    this.filteredStream = new FilteredStream({ clock, state, spend });
    this.activity = new Activity({ clock, state, spend, appSecret: keys.appSecret, maxWebhooks: parts.maxWebhooks });
  }

  get streams(): readonly LineStream[] {
    return [this.filteredStream.stream, this.activity.stream];
  }

  /** Stops what would go on by the clock. */
  close(): void {
    this.activity.close();
  }

  /** The account that the keys belong to, by whatever handle it has now. Accounts are never removed, so it is there. */
  get bot(): SandboxUser {
    return this.state.userById(this.#ownerId)!;
  }
}
