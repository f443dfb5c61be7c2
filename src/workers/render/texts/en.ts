import type { LocalTime } from '../local-time.ts';
import type { MessageTexts } from '../message-texts.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const at = (time: LocalTime) =>
  `at ${time.clock}${time.isUtc ? ' UTC' : ''} (${DAYS[time.weekday]} ${time.day} ${MONTHS[time.month - 1]})`;
const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

export const en: MessageTexts = {
  anonymousCaller: 'an anonymous caller',
  causes: {
    'no-answer': 'no answer',
    cancelled: 'the caller hung up',
    busy: 'busy',
    declined: 'declined',
    unreachable: 'your phone could not be reached',
  },
  publicHint: 'I have news for you, but X does not let me send you a direct message. Write me one, or allow messages from me in your settings.',
  missedCall: ({ caller, time, cause }) => `Missed call from ${caller} ${at(time)}: ${cause}`,
  instantMessage: ({ sender, text }) => `From ${sender}: ${text}`,
  digest({ calls, callers, messages }) {
    const missed = calls === 0 ? [] : [`${count(calls, 'missed call')} from ${count(callers, 'caller')}`];
    const written = messages === 0 ? [] : [count(messages, 'message')];
    return `${[...missed, ...written].join(', ')}:`;
  },
  digestCaller: ({ caller, calls, last }) => `${caller}: ${calls}, ${calls === 1 ? '' : 'last '}${at(last)}`,
  andMore: (number) => `and ${number} more`,
};
