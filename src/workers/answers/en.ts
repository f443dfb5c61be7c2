import type { AnswerTexts, ScheduleLine } from './answer-texts.ts';

const asWritten = ({ when, rule }: Pick<ScheduleLine, 'when' | 'rule'>) => (rule === undefined ? when : `${rule}, next ${when}`);
const onOff = (on: boolean) => (on ? 'on' : 'off');

export const en: AnswerTexts = {
  calling: ({ name }) => `Calling ${name}. Your phone rings first. To stop it: "cancel"`,
  scheduled: (line) =>
    line.kind === 'call'
      ? `Call ${line.number}: ${line.what}, ${asWritten(line)}. "cancel ${line.number}" or "move ${line.number} to 18:00" changes it`
      : `Reminder ${line.number}: ${line.what}, ${asWritten(line)}${line.ring ? ', your phone will ring' : ''}. "cancel ${line.number}" or "move ${line.number} to 18:00" changes it`,
  moved: (line) => `Moved ${line.number} (${line.what}): ${asWritten(line)}. To cancel: "cancel ${line.number}"`,
  zoneHint: 'Not your time zone? "timezone Europe/Berlin"',
  cancelledSchedule: ({ number, what }) => `Cancelled ${number}: ${what}`,
  cancelledCall: ({ name }) => `Cancelled the call to ${name}`,
  stoppingCall: ({ name }) => `Ending the call to ${name}`,
  nothingScheduled: 'You have nothing scheduled. For example: "call @alice tomorrow at 17:30", "remind me at 9 to call mum"',
  listLine: (line) => `${line.number}: ${line.kind === 'call' ? `call ${line.what}` : line.what}, ${asWritten(line)}`,
  listMore: ({ more }) => `and ${more} more: send "list" as a direct message`,
  helpMore: 'Send "help" as a direct message for all of it',
  aReminder: 'what you asked for',
  listHelp: '"cancel 3" and "move 3 to 18:00" change them',
  liveCall: ({ name }) => `Now: call to ${name} ("cancel" ends it)`,
  snoozed: (line) => `Again ${line.when}: ${line.what} (${line.number}). To cancel: "cancel ${line.number}"`,
  reminderDone: ({ what }) => `Done: ${what}`,
  messageSent: ({ name }) => `Your message goes to ${name}, at once or when a phone is there`,
  zoneSet: ({ zone, now }) => `Your time zone is ${zone}: it is ${now} there`,
  languageSet: ({ locale }) => `I write in English to you now (${locale})`,
  regionSet: ({ region }) => `Numbers without a country code are numbers of ${region} now`,
  quietHoursSet: ({ from, to, zone }) => `Missed calls and messages between ${from} and ${to} (${zone}) are told in one message at ${to}`,
  quietHoursOff: 'Missed calls are told to you at every hour now',
  notifySet: (on) => (on ? 'Missed calls are told to you' : 'Missed calls are not told to you any more. "notify on" changes it back'),
  forwardSet: ({ name }) => `Your calls go to ${name} now. To end it: "forward off"`,
  forwardOff: 'Your calls come to your phones',
  dndSet: (on) => (on ? 'Do not disturb: no call comes through. To end it: "dnd off"' : 'Calls come through again'),
  mastodonSet: ({ account }) => `What X does not take goes to ${account} on Mastodon`,
  mastodonOff: 'Nothing goes to Mastodon any more',
  profile: (p) =>
    [
      `You are ${p.sipUser}`,
      `time zone ${p.timeZone}`,
      `language ${p.locale}`,
      ...(p.region === undefined ? [] : [`region ${p.region}`]),
      `notify ${onOff(p.notify)}`,
      ...(p.quiet === undefined ? [] : [`quiet ${p.quiet.from}-${p.quiet.to}`]),
      `forward ${p.forwardTo ?? 'off'}`,
      `dnd ${onOff(p.dnd)}`,
      ...(p.mastodon === undefined ? [] : [`Mastodon ${p.mastodon}`]),
    ].join(' · '),
  linked: ({ sipUser }) => `This account acts for ${sipUser} now. "help" says what you can write, "stop" ends it`,
  linkRefused: {
    'wrong-code': 'That is no code of ours. Ask your operator for one and write: link CODE',
    expired: 'That code is too old. Ask your operator for a new one',
    used: 'That code was used before. Ask your operator for a new one',
    'account-taken': 'This account belongs to another user. Write "stop" first, then link again',
    'too-many-tries': 'Too many wrong codes. Try again in an hour',
  },
  unlinked: ({ sipUser }) => `Done: this account acts for ${sipUser} no more. What was scheduled is cancelled, and you will not hear from me again`,
  notLinked: 'This account belongs to no user of ours, so there is nothing to stop',
  stranger: 'I do not know yet who you are on the phone. Ask your operator for a code and send it to me: link CODE',
  refusals: {
    emergency: ({ name }) => `${name} is an emergency number: dial it yourself, on a phone. I never do`,
    'short-code': ({ name }) => `${name} is a short number, those are not dialled from here`,
    'not-a-number': ({ name }) => `${name} is no telephone number that I know. Write it with its country code: +49 30 901820`,
    'no-gateway': ({ name }) => `Telephone numbers such as ${name} cannot be called here, only users and SIP addresses`,
    premium: ({ name }) => `${name} costs extra and is not dialled from here`,
    destination: ({ name }) => `Calls to ${name} are not allowed here: ask your operator for that country or prefix`,
    address: ({ name }) => `${name} cannot be called: write sip:user@host and nothing more, or a number with its country code`,
    'number-address': ({ name }) => `${name} cannot be called: to call a telephone number write the number alone, with its country code: +49 30 901820`,
    domain: ({ name }) => `Calls to the domain of ${name} are not allowed here`,
    'unknown-user': ({ name }) => `There is no user ${name} here`,
    'unknown-handle': ({ name }) => `${name} has no phone with us`,
    yourself: () => 'That is you',
    'user-today': ({ limit }) => `You have made ${limit} calls within 24 hours, that is all for now`,
    'all-today': () => 'So many calls were made today that no more can be. Try again tomorrow',
    'destination-today': ({ name, limit }) => `${name} was called ${limit} times within 24 hours, that is all for now`,
    'user-active': ({ limit }) => (limit === 1 ? 'You have a call already. "cancel" ends it' : `You have ${limit} calls already. "cancel" ends the last`),
    'all-active': () => 'All lines are in use. Try again in some minutes',
    schedules: ({ limit }) => `You have ${limit} calls and reminders waiting. "list" shows them, "cancel 3" makes room`,
    'too-often': () => 'That was a lot at once: I read on in a while, and pass over what comes until then',
    'too-late': () => 'I read that too late to do it now. Write it again if you still want it',
    'nobody-missed': () => 'You have missed nobody',
    anonymous: () => 'The caller hid the number, so I cannot call back',
    'no-such-number': ({ name }) => `You have nothing with the number ${name}. "list" shows what you have`,
    'nothing-to-cancel': () => 'There is no call to cancel. With a number I cancel what is scheduled: "cancel 3"',
    'no-reminder': () => 'No reminder came of late',
    'not-for-messages': ({ name }) => `Messages go to users of this service, not to ${name}`,
  },
  callFailed: ({ name, party, cause }) => {
    if (party === 'caller') {
      if (cause === 'busy') return `Your phone was busy, so ${name} was not called`;
      if (cause === 'no-answer') return `You did not answer your phone, so ${name} was not called`;
      if (cause === 'declined') return `You declined on your phone, ${name} was not called`;
      if (cause === 'unreachable') return `None of your phones could be reached, so ${name} was not called`;
      return `The call to ${name} failed on your side (${cause})`;
    }
    if (cause === 'busy') return `${name} is busy`;
    if (cause === 'no-answer') return `${name} did not answer`;
    if (cause === 'declined') return `${name} declined the call`;
    if (cause === 'unreachable') return `${name} could not be reached`;
    if (cause === 'media') return `The phones of you and ${name} have no audio format in common`;
    return `The call to ${name} failed (${cause})`;
  },
  callMissed: ({ name }) => `The call to ${name} could not be begun in time and was not made. Write again if you still want it`,
  callInterrupted: ({ name, talked }) =>
    talked ? `The call to ${name} lost its guide here; should it still go on, hang up when you are done` : `The call to ${name} was interrupted on our side. Write again if you still want it`,
  reminder: ({ number, about }) => `Reminder ${number}: ${about}. Answer "snooze 10" or "done"`,
  reminderOnPhone: ({ about }) => `Reminder: ${about}`,
  scheduleMissed: (line) =>
    `Missed: ${line.kind === 'call' ? `the call to ${line.what}` : `the reminder "${line.what}"`} (${line.number}) was due ${line.when}, and I was not there${line.next === undefined ? '' : `. Next: ${line.next}`}`,
  scheduleRefused: (line) => `The call to ${line.what} (${line.number}) due ${line.when} was not made. ${line.why}`,
};
