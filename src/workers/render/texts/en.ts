import type { MessageTexts } from '../message-texts.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export const en: MessageTexts = {
  anonymousCaller: 'an anonymous caller',
  causes: {
    'no-answer': 'no answer',
    cancelled: 'the caller hung up',
    busy: 'busy',
    declined: 'declined',
    unreachable: 'your phone could not be reached',
  },
  missedCall({ caller, time, cause }) {
    const zone = time.isUtc ? ' UTC' : '';
    return `Missed call from ${caller} at ${time.clock}${zone} (${DAYS[time.weekday]} ${time.day} ${MONTHS[time.month - 1]}): ${cause}`;
  },
};
