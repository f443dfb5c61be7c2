/** What may be called and how often: the options of the operator, as the checks read them. */
export interface CallPolicy {
  /** The domain in the addresses of our own users. */
  readonly domain: string;
  /** All hosts that are ours, `domain` among them, in lower case. */
  readonly ownDomains: readonly string[];
  /** `host` or `host:port` of the trunk; without it no telephone number can be called. */
  readonly gateway: string | undefined;
  readonly allowPrefixes: readonly string[];
  readonly denyPrefixes: readonly string[];
  readonly allowPremium: boolean;
  readonly allowDomains: readonly string[];
  readonly perUserPerDay: number;
  readonly perDay: number;
  readonly perDestinationPerDay: number;
  readonly activePerUser: number;
  readonly activeInAll: number;
  readonly schedulesPerUser: number;
  readonly graceMs: number;
  /** The longest that a call can last, ringing included. */
  readonly lastsMs: number;
}
