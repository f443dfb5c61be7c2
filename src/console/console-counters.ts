import type { Counter, Counters } from '../base/counters.ts';

export interface ConsoleCounters {
  readonly requests: Counter;
  readonly limited: Counter;
  readonly forged: Counter;
  readonly wrongPasswords: Counter;
  readonly failures: Counter;
  readonly signIns: Counter;
  readonly signInsFailed: Counter;
  readonly linked: Counter;
  readonly unlinked: Counter;
  readonly webhookTaken: Counter;
  readonly webhookRefused: Counter;
  readonly webhookFailed: Counter;
}

export function consoleCounters(counters: Counters): ConsoleCounters {
  const define = (name: string, help: string) => counters.define(`console.${name}`, help);
  return {
    requests: define('requests', 'Requests of HTTP'),
    limited: define('limited', 'Requests of an address that had made too many within the minute: 429'),
    forged: define('forged', 'Forms that were not sent from our own page, or too late'),
    wrongPasswords: define('wrong-passwords', 'SIP passwords on the link page that were wrong, or not looked at because of earlier ones'),
    failures: define('failures', 'Requests that failed by our fault: 5xx'),
    signIns: define('sign-ins', 'People who came back from X'),
    signInsFailed: define('sign-ins-failed', 'People who came back from X and whom X did not confirm, or who said no'),
    linked: define('linked', 'Links that were made by signing in'),
    unlinked: define('unlinked', 'Links that were ended by signing in, or because X said that the grant was withdrawn'),
    webhookTaken: define('webhook.taken', 'Deliveries of X that were taken'),
    webhookRefused: define('webhook.refused', 'Deliveries without a signature of X, and checks with a token that X would not send'),
    webhookFailed: define('webhook.failed', 'Deliveries of X that could not be stored: X sends them again'),
  };
}
