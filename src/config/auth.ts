import { integer, list, optionalLine, words } from './option.ts';
import { section } from './section.ts';

export const DIGEST_ALGORITHMS = ['SHA-256', 'MD5'] as const;

export const AUTH = section(
  'Digest authentication of users.',
  {
    realm: optionalLine({
      expected: 'a text without quotes of at most 128 characters',
      accepts: (text) => /^[^"\\\x00-\x1f\x7f]{1,128}$/.test(text),
      doc: 'The realm in challenges. Stored passwords are hashed with it: after a change every password must be set again.',
      defaultText: 'the first of sip.domains, else "sipweet"',
      rfc: '3261 §22.1',
    }),
    algorithms: list(words(DIGEST_ALGORITHMS), {
      default: ['MD5'],
      max: 2,
      doc: 'Algorithms offered, the preferred one first. Add SHA-256 when all your phones know it: several in use today (baresip 1.0, SIPp 3.6) refuse to log in as soon as it is offered, even beside MD5.',
      rfc: '8760 §2.4',
      kamailio: 'auth.algorithm',
    }),
    nonceLifetimeS: integer({
      default: 300,
      min: 5,
      max: 86_400,
      doc: 'Seconds that a challenge can be answered; a later answer gets a new challenge with stale=true.',
      kamailio: 'auth.nonce_expire',
    }),
    nonceSecret: optionalLine({
      expected: 'a text of at least 16 characters',
      accepts: (text) => text.length >= 16,
      secret: 'value',
      doc: 'Key that challenges are signed with. Set the same one on all nodes that stand behind one address, so that each takes the answers to the challenges of the others, and so that calls from before a restart are known as such.',
      defaultText: 'a random one for each process',
      kamailio: 'auth.secret',
    }),
    maxFailuresPerUser: integer({
      default: 10,
      min: 1,
      max: 100_000,
      doc: 'Wrong passwords for one user name within the window, from anywhere, that lock the name. The network from which the user logged in last is let through.',
    }),
    maxFailuresPerNetwork: integer({
      default: 30,
      min: 1,
      max: 100_000,
      doc: 'Wrong passwords from one network for all users together within the window that lock the network out. Raise it when many phones stand behind one NAT.',
    }),
    failureWindowS: integer({
      default: 60,
      min: 1,
      max: 86_400,
      doc: 'Seconds over which wrong passwords are counted.',
    }),
    lockoutS: integer({
      default: 300,
      min: 1,
      max: 86_400,
      doc: 'Seconds that a lock-out lasts.',
    }),
  },
  ({ algorithms }) => (algorithms.length === 0 ? [{ option: 'algorithms', text: 'must name at least one algorithm' }] : []),
);

/** The realm that challenges carry and that stored hashes were made with. */
export function realmOf(config: {
  readonly auth: { readonly realm: string | undefined };
  readonly sip: { readonly domains: readonly { readonly host: string }[] };
}): string {
  return config.auth.realm ?? config.sip.domains[0]?.host ?? 'sipweet';
}
