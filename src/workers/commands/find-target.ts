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

async function findUser(name: string, { users }: Pick<Desk, 'users'>): Promise<Whom> {
  if (await users.isSipUser(name)) return { kind: 'sip-user', sipUser: name, name };
  const digits = dialledDigits(name);
  return digits === undefined ? { kind: 'unknown', what: 'unknown-user', name } : { kind: 'digits', digits };
}
