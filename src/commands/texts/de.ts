import { namesOf } from './names.ts';
import type { Texts } from './texts.ts';

const { weekday, month, list } = namesOf('de');

const nth = (n: number) => (n === -1 ? 'letzten' : (['ersten', 'zweiten', 'dritten', 'vierten'][n - 1] ?? `${n}.`));

export const DE: Texts = {
  date: 'cccc, d. LLLL',
  dateWithYear: 'cccc, d. LLLL yyyy',
  today: 'heute',
  tomorrow: 'morgen',
  at: ({ day, date, clock, zone }) => `${day === '' ? date : `${day}, ${date}`}, um ${clock} Uhr (${zone})`,
  recurring: ({ rule, clock, first }) => `${rule} um ${clock} Uhr, zuerst ${first}`,
  gap: (wanted) => `${wanted} Uhr gibt es an dem Tag nicht, weil die Uhr vorgestellt wird; es wird entsprechend später`,
  overlap: 'diese Uhrzeit kommt zweimal, weil die Uhr zurückgestellt wird; gemeint ist das erste Mal',

  rule: {
    daily: (interval) => (interval === 1 ? 'jeden Tag' : `alle ${interval} Tage`),
    weekly: (interval, days) => (interval === 1 ? `jeden ${list(days.map(weekday))}` : `alle ${interval} Wochen am ${list(days.map(weekday))}`),
    workingDays: 'jeden Werktag von Montag bis Freitag',
    weekends: 'an jedem Wochenendtag',
    monthly: (interval, day, orLast) =>
      `${interval === 1 ? 'jeden Monat' : `alle ${interval} Monate`} am ${day === -1 ? 'letzten Tag' : `${day}.`}${orLast ? ' oder letzten Tag' : ''}`,
    nthOfMonth: (n, day) => `am ${nth(n)} ${weekday(day)} jedes Monats`,
    yearly: (day, number) => `jedes Jahr am ${day}. ${month(number)}`,
  },

  examples: {
    link: ['link SW-7F3K-9QXM', 'SW-7F3K-9QXM'],
    unlink: ['stopp', 'abmelden'],
    call: ['ruf alice an', 'wähle +49 30 901820 morgen um 17:30'],
    'call-back': ['zurückrufen', 'zurückrufen in 10 Minuten'],
    cancel: ['abbrechen', 'lösche 3'],
    remind: ['erinnere mich um 9 an den Arzt', 'ruf mich um 18:30 an wegen Pizza'],
    snooze: ['später', 'schlummern 10'],
    done: ['erledigt', 'fertig'],
    list: ['liste', 'zeig meine Erinnerungen'],
    move: ['verschiebe 3 auf 18:00', 'verschiebe 3 auf Freitag um 9'],
    profile: ['ruhezeit 22:00-07:00', 'weiterleiten an +49 30 901820'],
    'show-profile': ['profil', 'einstellungen'],
    message: ['sag alice bin gleich da', 'nachricht an alice Bis morgen!'],
    help: ['hilfe', 'befehle'],
  },
  examplesOf: {
    'zone-unknown': ['zeitzone Berlin', 'zeitzone Europe/Vienna'],
    'language-unknown': ['sprache de', 'sprache en'],
    'region-unknown': ['region DE', 'region AT'],
  },
  firstSteps: ['ruf alice morgen um 17:30 an', 'erinnere mich um 9 an den Arzt'],
  help: [
    ['Anrufe', 'ruf alice an', 'wähle +49 30 901820 morgen um 17:30', 'ruf alice jeden Werktag um 9 an', 'zurückrufen', 'abbrechen'],
    ['Erinnerungen', 'erinnere mich um 9 an den Arzt', 'ruf mich um 18:30 an wegen Pizza', 'schlummern 10', 'erledigt'],
    ['Geplantes', 'liste', 'lösche 3', 'verschiebe 3 auf 18:00'],
    ['Nachrichten', 'sag alice bin gleich da'],
    ['Einstellungen', 'zeitzone Berlin', 'sprache en', 'region DE', 'ruhezeit 22:00-07:00', 'weiterleiten an +49 30 901820', 'nicht stören an', 'profil'],
    ['Konto', 'link CODE', 'stopp'],
  ],
  problems: {
    'unknown-command': (words) => (words === '' ? 'Das verstehe ich nicht.' : `Das verstehe ich nicht: ${words}.`),
    empty: () => 'Was soll ich tun?',
    'target-missing': () => 'Wer ist gemeint?',
    'target-invalid': (words) => `${words} ist weder Name noch Nummer noch SIP-Adresse.`,
    'time-missing': () => 'Wann?',
    'time-invalid': (words) => `Ich weiß nicht, wann ${words} ist.`,
    'time-past': (words) => `${words} ist vorbei.`,
    'time-ambiguous': (words) => `${words}: um wie viel Uhr, an welchem Tag? Das brauche ich genauer.`,
    'number-missing': () => 'Welche? Ich brauche die Nummer; "liste" zeigt alle.',
    'text-missing': () => 'Worum geht es? Da fehlen Worte.',
    'zone-unknown': (words) => (words === '' ? 'Welche Zeitzone?' : `Die Zeitzone ${words} kenne ich nicht.`),
    'language-unknown': (words) => (words === '' ? 'Welche Sprache?' : `Die Sprache ${words} spreche ich nicht.`),
    'region-unknown': (words) => (words === '' ? 'Welches Land?' : `Das Land ${words} kenne ich nicht.`),
    'value-invalid': (words) => (words === '' ? 'Da fehlt etwas.' : `${words} passt hier nicht oder ist zu lang.`),
  },
  didYouMean: (suggestion) => `Meinst du "${suggestion}"?`,
  tryThis: (first, second) => `Versuch es so: "${first}" oder "${second}".`,
  quote: (words) => `"${words}"`,
};
