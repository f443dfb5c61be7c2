import type { NumberType } from '../../../commands/command.ts';
import type { CallPolicy } from './call-policy.ts';
import { isEmergency, LONGEST_SHORT_CODE } from './emergency.ts';
import { refusal, type Refusal } from './refusal.ts';
import { dialledDigits, readPlainSipUri } from './sip-uri.ts';

/** Whom the words of a command turned out to mean, before anybody has asked whether that is allowed. */
export type Whom =
  | { readonly kind: 'sip-user'; readonly sipUser: string; readonly name: string }
  | { readonly kind: 'number'; readonly e164: string; readonly name: string; readonly type: NumberType }
  | { readonly kind: 'uri'; readonly uri: string; readonly name: string }
  /** Digits that nobody is called by and that are no telephone number. */
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'unknown'; readonly what: 'unknown-user' | 'unknown-handle'; readonly name: string };

/** Where a call may go. */
export interface Destination {
  /** SIP URI. */
  readonly uri: string;
  /** How people call it. */
  readonly name: string;
  readonly sipUser: string | undefined;
  /** When it is a telephone number. */
  readonly e164: string | undefined;
}

export type Permission = { readonly ok: true; readonly destination: Destination } | { readonly ok: false; readonly refusal: Refusal };

/** Shorter than any number of E.164 that belongs to somebody, without the `+`. */
const SHORTEST_NUMBER = 7;

function no(code: Parameters<typeof refusal>[0], name: string): Permission {
  return { ok: false, refusal: refusal(code, name) };
}

function yes(uri: string, name: string, { sipUser, e164 }: { readonly sipUser?: string; readonly e164?: string } = {}): Permission {
  return { ok: true, destination: { uri, name, sipUser, e164 } };
}

/**
 * Whether that target may be called at all, by anybody of this service. How often is `call-limits.ts`.
 *
 * @param caller.region  two-letter country: whose emergency numbers he means
 */
export function permitDestination(whom: Whom, policy: CallPolicy, caller: { readonly sipUser: string; readonly region: string | undefined }): Permission {
  switch (whom.kind) {
    case 'unknown':
      return no(whom.what, whom.name);
    case 'digits':
      if (isEmergency(whom.digits, caller.region)) return no('emergency', whom.digits);
      return no(whom.digits.length <= LONGEST_SHORT_CODE ? 'short-code' : 'not-a-number', whom.digits);
    case 'sip-user': {
      const digits = dialledDigits(whom.sipUser);
      // With a region that we know the user's extension 110 is the police only where it is the police.
      if (digits !== undefined && isEmergency(digits, caller.region ?? 'none')) return no('emergency', whom.name);
      if (whom.sipUser === caller.sipUser) return no('yourself', whom.name);
      return yes(`sip:${escapedUser(whom.sipUser)}@${policy.domain}`, whom.name, { sipUser: whom.sipUser });
    }
    case 'number':
      return permitNumber(whom, policy);
    case 'uri':
      return permitUri(whom, policy);
  }
}

function permitNumber({ e164, name, type }: Whom & { kind: 'number' }, policy: CallPolicy): Permission {
  const digits = e164.slice(1);
  // `+49112`: an emergency number does not become another one behind a country code.
  if (!/^\+\d+$/.test(e164) || digits.length < SHORTEST_NUMBER) return no('short-code', name);
  if (policy.gateway === undefined) return no('no-gateway', name);
  if ((type === 'premium' || type === 'shared-cost') && !policy.allowPremium) return no('premium', name);
  const allowed = longestPrefix(e164, policy.allowPrefixes);
  if (allowed === 0 || longestPrefix(e164, policy.denyPrefixes) >= allowed) return no('destination', name);
  return yes(`sip:${e164}@${policy.gateway}`, name, { e164 });
}

function permitUri({ uri: text, name }: Whom & { kind: 'uri' }, policy: CallPolicy): Permission {
  const uri = readPlainSipUri(text);
  if (uri === undefined) return no('address', name);
  const { host } = uri;
  // The trunk takes numbers only, and those have to be written as such: then their prefix counts.
  if (host === hostOf(policy.gateway)) return no('number-address', name);
  const digits = dialledDigits(uri.user);
  if (digits !== undefined && isEmergency(digits, undefined)) return no('emergency', name);
  if (policy.allowDomains.includes(host)) return yes(uri.text, name);
  if (!policy.allowDomains.includes('*')) return no('domain', name);
  return digits === undefined ? yes(uri.text, name) : no('number-address', name);
}

/** Length of the longest of the prefixes that the number begins with; 0 for none. */
function longestPrefix(e164: string, prefixes: readonly string[]): number {
  return prefixes.reduce((longest, prefix) => (e164.startsWith(prefix) ? Math.max(longest, prefix.length) : longest), 0);
}

function hostOf(hostAndPort: string | undefined): string | undefined {
  return hostAndPort?.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}

/** RFC 3261 §25.1: what a user part cannot hold is written as %HH of its UTF-8. */
function escapedUser(user: string): string {
  return encodeURIComponent(user).replace(/%(2B|24|26|2C|3D|3F|2F)/g, (escape) => decodeURIComponent(escape));
}
