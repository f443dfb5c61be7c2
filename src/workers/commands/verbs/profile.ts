import type { ProfileSetting } from '../../../commands/command.ts';
import type { ProfileChanges } from '../../../db/tables/users.ts';
import { answerTextsFor } from '../../answers/catalogue.ts';
import { localTime, zoneOf } from '../../render/local-time.ts';
import { done, refused, type CommandOf, type Decision, type Situation, type Verb } from '../decision.ts';
import { findTarget } from '../find-target.ts';
import { permitDestination, type Permission } from '../policy/destination.ts';

/** Where calls are to be forwarded, when that is what the command is about. */
export type ProfileFacts = Permission | undefined;

/** "timezone Europe/Berlin", "notify off 22:00-07:00", "forward to +49…": stored, and confirmed. */
export const profile: Verb<CommandOf<'profile'>, ProfileFacts> = {
  async look({ setting }, desk, { policy, user }) {
    if (setting.name !== 'forward' || setting.target === undefined) return undefined;
    // Forwarded calls cost what calls cost: the same destinations, the same emergency numbers.
    return permitDestination(await findTarget(setting.target, desk, policy), policy, user);
  },

  decide({ setting }, forward, situation) {
    if (setting.name === 'forward') return decideForward(forward, situation);
    const change = changeOf(setting, situation);
    return store(setting.name, change.changes, change.answer, situation);
  },
};

function decideForward(forward: ProfileFacts, situation: Situation): Decision {
  const { texts } = situation;
  if (forward === undefined) return store('forward', { forwardTo: null }, texts.forwardOff, situation);
  if (!forward.ok) return refused(forward.refusal, situation);
  const { uri, e164, name } = forward.destination;
  // The script knows the gateway of the day.
  return store('forward', { forwardTo: e164 ?? uri }, texts.forwardSet({ name }), situation);
}

function store(name: ProfileSetting['name'], changes: ProfileChanges, answer: string, { user }: Situation): Decision {
  return done(`profile: ${name}`, answer, [{ do: 'change-profile', sipUser: user.sipUser, changes }]);
}

function changeOf(
  setting: Exclude<ProfileSetting, { name: 'forward' }>,
  { texts, nowMs, zone }: Situation,
): { readonly changes: ProfileChanges; readonly answer: string } {
  switch (setting.name) {
    case 'time-zone':
      return { changes: { timeZone: setting.zone }, answer: texts.zoneSet({ zone: setting.zone, now: localTime(nowMs, zoneOf(setting.zone, setting.zone)).clock }) };
    case 'language':
      return { changes: { locale: setting.locale }, answer: answerTextsFor(setting.locale).languageSet({ locale: setting.locale }) };
    case 'region':
      return { changes: { region: setting.region }, answer: texts.regionSet({ region: setting.region }) };
    case 'quiet-hours': {
      const { from, to } = setting;
      // Who sets hours wants to hear of the calls outside of them.
      if (from !== undefined && to !== undefined) return { changes: { quietFrom: from, quietTo: to, notify: true }, answer: texts.quietHoursSet({ from, to, zone }) };
      return { changes: { quietFrom: null, quietTo: null }, answer: texts.quietHoursOff };
    }
    case 'notify':
      return { changes: { notify: setting.on }, answer: texts.notifySet(setting.on) };
    case 'dnd':
      return { changes: { dnd: setting.on }, answer: texts.dndSet(setting.on) };
    case 'mastodon':
      return setting.account === undefined
        ? { changes: { mastodon: null }, answer: texts.mastodonOff }
        : { changes: { mastodon: setting.account }, answer: texts.mastodonSet({ account: setting.account }) };
  }
}
