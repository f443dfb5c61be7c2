import type { LocalTime } from '../local-time.ts';
import type { MessageTexts } from '../message-texts.ts';

const DAYS = ['So', 'Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa'];

const at = (time: LocalTime) => `um ${time.clock}${time.isUtc ? ' UTC' : ' Uhr'} (${DAYS[time.weekday]}, ${time.day}.${time.month}.)`;
const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

export const de: MessageTexts = {
  anonymousCaller: 'unbekannt (Nummer unterdrückt)',
  causes: {
    'no-answer': 'nicht angenommen',
    cancelled: 'der Anrufer hat aufgelegt',
    busy: 'besetzt',
    declined: 'abgelehnt',
    unreachable: 'dein Telefon war nicht erreichbar',
  },
  publicHint: 'Ich habe etwas für dich, aber X lässt mich dir keine Direktnachricht schicken. Schreib mir eine, oder erlaube Nachrichten von mir in deinen Einstellungen.',
  missedCall: ({ caller, time, cause }) => `Verpasster Anruf von ${caller} ${at(time)}: ${cause}`,
  instantMessage: ({ sender, text }) => `Von ${sender}: ${text}`,
  digest({ calls, callers, messages }) {
    const missed = calls === 0 ? [] : [`${count(calls, 'verpasster Anruf', 'verpasste Anrufe')} von ${count(callers, 'Anrufer', 'Anrufern')}`];
    const written = messages === 0 ? [] : [count(messages, 'Nachricht', 'Nachrichten')];
    return `${[...missed, ...written].join(', ')}:`;
  },
  digestCaller: ({ caller, calls, last }) => `${caller}: ${calls}, ${calls === 1 ? '' : 'zuletzt '}${at(last)}`,
  andMore: (number) => `und ${number} weitere`,
};
