import type { MessageTexts } from '../message-texts.ts';

const DAYS = ['So', 'Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa'];

export const de: MessageTexts = {
  anonymousCaller: 'unbekannt (Nummer unterdrückt)',
  causes: {
    'no-answer': 'nicht angenommen',
    cancelled: 'der Anrufer hat aufgelegt',
    busy: 'besetzt',
    declined: 'abgelehnt',
    unreachable: 'dein Telefon war nicht erreichbar',
  },
  missedCall({ caller, time, cause }) {
    const zone = time.isUtc ? ' UTC' : ' Uhr';
    return `Verpasster Anruf von ${caller} um ${time.clock}${zone} (${DAYS[time.weekday]}, ${time.day}.${time.month}.): ${cause}`;
  },
};
