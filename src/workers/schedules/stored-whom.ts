import type { Schedule } from '../../db/tables/schedules.ts';
import type { User } from '../../db/tables/users.ts';
import type { Grammar } from '../commands/grammar.ts';
import type { CallPolicy } from '../commands/policy/call-policy.ts';
import type { Whom } from '../commands/policy/destination.ts';
import { readPlainSipUri } from '../commands/policy/sip-uri.ts';

/**
 * Whom a scheduled call is for, so that it can be asked again whether that is allowed. A number on the gateway is
 * read as a number again: what it costs is part of the question.
 */
export function storedWhom(
  { target = '', targetName: name = '', targetSipUser }: Schedule,
  user: User,
  { grammar, policy, nowMs }: { readonly grammar: Grammar; readonly policy: CallPolicy; readonly nowMs: number },
): Whom {
  if (targetSipUser !== undefined) return { kind: 'sip-user', sipUser: targetSipUser, name };
  const uri = readPlainSipUri(target);
  const isNumber = uri !== undefined && uri.user.startsWith('+') && policy.gateway !== undefined && target === `sip:${uri.user}@${policy.gateway}`;
  if (!isNumber) return { kind: 'uri', uri: target, name };
  const parsed = grammar.parseCommand(`call ${uri.user}`, { nowMs, zone: 'UTC', locale: 'en', region: user.region, botName: '' });
  const read = parsed.ok && parsed.command.verb === 'call' ? parsed.command.target : undefined;
  if (read?.kind !== 'number') return { kind: 'digits', digits: uri.user.slice(1) };
  return { kind: 'number', e164: read.e164, name, type: read.type };
}
