import type { MissedCaller } from '../../../db/tables/missed-callers.ts';
import { refused, type CommandOf, type Desk, type Situation, type Verb } from '../decision.ts';
import { findTarget } from '../find-target.ts';
import { permitDestination, type Whom } from '../policy/destination.ts';
import { refusal, type Refusal } from '../policy/refusal.ts';
import { dialledDigits, readPlainSipUri } from '../policy/sip-uri.ts';
import { callLater, callNow, factsOfCall, type CallFacts } from './call.ts';

/** A call that was missed before that is nobody's to call back without naming him. */
const WITHIN_MS = 7 * 24 * 3600_000;
/** RFC 3323 §4.1.1.3 */
const ANONYMOUS = /^anonymous@|@anonymous\.invalid$/i;

export type CallBackFacts = Refusal | CallFacts;

/** "call back": whoever was missed last; for a later time, whoever that is now. */
export const callBack: Verb<CommandOf<'call-back'>, CallBackFacts> = {
  async look({ when }, desk, situation) {
    const missed = await desk.missedCallers.last(situation.user.sipUser, WITHIN_MS);
    if (missed === undefined) return refusal('nobody-missed');
    const whom = await whoWas(missed, desk, situation);
    if (whom === undefined) return refusal('anonymous');
    return factsOfCall(permitDestination(whom, situation.policy, situation.user), when !== undefined, desk, situation);
  },

  decide({ when }, facts, situation) {
    if ('code' in facts) return refused(facts, situation);
    if (!facts.permission.ok) return refused(facts.permission.refusal, situation);
    return when === undefined ? callNow(facts.permission, facts.usage!, situation) : callLater(facts.permission, when, facts.room!, situation);
  },
};

/** The caller, by his address or by a number that is read as if the user had written it. */
async function whoWas({ counterparty }: MissedCaller, desk: Desk, situation: Situation): Promise<Whom | undefined> {
  if (counterparty === undefined || ANONYMOUS.test(counterparty)) return undefined;
  const { policy, user, grammar, botName, zone, nowMs } = situation;
  const uri = readPlainSipUri(`sip:${counterparty}`);
  if (uri === undefined) return { kind: 'uri', uri: counterparty, name: counterparty };
  const known = await findTarget({ kind: 'uri', uri: uri.text }, desk, policy);
  if (known.kind === 'sip-user' || dialledDigits(uri.user) === undefined) return known.kind === 'uri' ? { ...known, name: counterparty } : known;
  const parsed = grammar.parseCommand(`call ${uri.user}`, { nowMs, zone, locale: user.locale, region: user.region, botName });
  const isNumber = parsed.ok && parsed.command.verb === 'call' && parsed.command.target.kind === 'number';
  return isNumber ? findTarget(parsed.command.target, desk, policy) : known;
}
