import type { Target } from '../../commands/command.ts';
import type { CallPolicy } from './policy/call-policy.ts';
import type { Desk } from './decision.ts';
import type { Whom } from './policy/destination.ts';
import { dialledDigits, readPlainSipUri } from './policy/sip-uri.ts';

/** Finds out whom the words mean: a handle and a name are looked up, an address on our own domain is one of our users. */
export async function findTarget(target: Target, desk: Pick<Desk, 'users'>, policy: CallPolicy): Promise<Whom> {
  switch (target.kind) {
    case 'handle': {
      const name = `@${target.handle}`;
      const user = await desk.users.findByXName(target.handle);
      return user === undefined ? { kind: 'unknown', what: 'unknown-handle', name } : { kind: 'sip-user', sipUser: user.sipUser, name };
    }
    case 'user':
      return findUser(target.user, desk);
    case 'digits':
      return findUser(target.digits, desk);
    case 'number':
      return { kind: 'number', e164: target.e164, name: target.shown, type: target.type };
    case 'uri': {
      const uri = readPlainSipUri(target.uri);
      if (uri === undefined || !policy.ownDomains.includes(uri.host)) return { kind: 'uri', uri: target.uri, name: target.uri };
      return findUser(uri.user, desk);
    }
  }
}

/** SIP names are compared exactly (RFC 3261 §19.1.4), but telephones write capitals: `Alice` is alice when there is no Alice. */
async function findUser(name: string, { users }: Pick<Desk, 'users'>): Promise<Whom> {
  for (const sipUser of new Set([name, name.toLowerCase()])) {
    if (await users.isSipUser(sipUser)) return { kind: 'sip-user', sipUser, name: sipUser };
  }
  const digits = dialledDigits(name);
  // A handle may be all digits, 112 too: who means it writes the `@`.
  if (digits !== undefined) return { kind: 'digits', digits };
  const byHandle = await users.findByXName(name);
  return byHandle === undefined ? { kind: 'unknown', what: 'unknown-user', name } : { kind: 'sip-user', sipUser: byHandle.sipUser, name: `@${name}` };
}
