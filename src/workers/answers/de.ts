import type { AnswerTexts, ScheduleLine } from './answer-texts.ts';

const asWritten = ({ when, rule }: Pick<ScheduleLine, 'when' | 'rule'>) => (rule === undefined ? when : `${rule}, als Nächstes ${when}`);
const onOff = (on: boolean) => (on ? 'an' : 'aus');

export const de: AnswerTexts = {
  calling: ({ name }) => `Ich rufe ${name} an. Zuerst klingelt dein Telefon. Abbrechen: „abbrechen“`,
  scheduled: (line) =>
    line.kind === 'call'
      ? `Anruf ${line.number}: ${line.what}, ${asWritten(line)}. Ändern: „abbrechen ${line.number}“ oder „verschiebe ${line.number} auf 18:00“`
      : `Erinnerung ${line.number}: ${line.what}, ${asWritten(line)}${line.ring ? ', dein Telefon klingelt dann' : ''}. Ändern: „abbrechen ${line.number}“ oder „verschiebe ${line.number} auf 18:00“`,
  moved: (line) => `Verschoben, ${line.number} (${line.what}): ${asWritten(line)}. Absagen: „abbrechen ${line.number}“`,
  zoneHint: 'Nicht deine Zeitzone? „zeitzone Europe/Berlin“',
  cancelledSchedule: ({ number, what }) => `Abgesagt, ${number}: ${what}`,
  cancelledCall: ({ name }) => `Der Anruf bei ${name} ist abgesagt`,
  stoppingCall: ({ name }) => `Ich beende den Anruf bei ${name}`,
  nothingScheduled: 'Du hast nichts geplant. Zum Beispiel: „ruf @alice morgen um 17:30 an“, „erinnere mich um 9 an Mama“',
  listLine: (line) => `${line.number}: ${line.kind === 'call' ? `Anruf ${line.what}` : line.what}, ${asWritten(line)}`,
  listMore: ({ more }) => `und ${more} weitere: schick „liste“ als Direktnachricht`,
  helpMore: 'Schick „hilfe“ als Direktnachricht, dann kommt alles',
  aReminder: 'worum du gebeten hast',
  listHelp: '„abbrechen 3“ und „verschiebe 3 auf 18:00“ ändern sie',
  liveCall: ({ name }) => `Jetzt: Anruf bei ${name} („abbrechen“ beendet ihn)`,
  snoozed: (line) => `Noch einmal ${line.when}: ${line.what} (${line.number}). Absagen: „abbrechen ${line.number}“`,
  reminderDone: ({ what }) => `Erledigt: ${what}`,
  messageSent: ({ name }) => `Deine Nachricht geht an ${name}, gleich oder sobald ein Telefon da ist`,
  zoneSet: ({ zone, now }) => `Deine Zeitzone ist ${zone}: dort ist es ${now}`,
  languageSet: ({ locale }) => `Ich schreibe dir jetzt auf Deutsch (${locale})`,
  regionSet: ({ region }) => `Nummern ohne Landesvorwahl sind jetzt Nummern aus ${region}`,
  quietHoursSet: ({ from, to, zone }) => `Verpasste Anrufe und Nachrichten von ${from} bis ${to} (${zone}) kommen um ${to} Uhr in einer einzigen`,
  quietHoursOff: 'Verpasste Anrufe melde ich dir jetzt zu jeder Stunde',
  notifySet: (on) => (on ? 'Verpasste Anrufe melde ich dir' : 'Verpasste Anrufe melde ich dir nicht mehr. Zurück: „meldungen an“'),
  forwardSet: ({ name }) => `Deine Anrufe gehen jetzt zu ${name}. Ende: „weiterleitung aus“`,
  forwardOff: 'Deine Anrufe kommen zu deinen Telefonen',
  dndSet: (on) => (on ? 'Bitte nicht stören: es kommt kein Anruf durch. Ende: „nicht stören aus“' : 'Anrufe kommen wieder durch'),
  mastodonSet: ({ account }) => `Was X nicht annimmt, geht an ${account} auf Mastodon`,
  mastodonOff: 'Nichts geht mehr an Mastodon',
  profile: (p) =>
    [
      `Du bist ${p.sipUser}`,
      `Zeitzone ${p.timeZone}`,
      `Sprache ${p.locale}`,
      ...(p.region === undefined ? [] : [`Land ${p.region}`]),
      `Meldungen ${onOff(p.notify)}`,
      ...(p.quiet === undefined ? [] : [`Ruhe ${p.quiet.from}-${p.quiet.to}`]),
      `Weiterleitung ${p.forwardTo ?? 'aus'}`,
      `Nicht stören ${onOff(p.dnd)}`,
      ...(p.mastodon === undefined ? [] : [`Mastodon ${p.mastodon}`]),
    ].join(' · '),
  linked: ({ sipUser }) => `Dieses Konto handelt jetzt für ${sipUser}. „hilfe“ sagt, was du schreiben kannst, „stop“ beendet es`,
  linkRefused: {
    'wrong-code': 'Das ist kein Code von uns. Lass dir vom Betreiber einen geben und schreib: link CODE',
    expired: 'Der Code ist zu alt. Lass dir vom Betreiber einen neuen geben',
    used: 'Der Code wurde schon benutzt. Lass dir vom Betreiber einen neuen geben',
    'account-taken': 'Dieses Konto gehört zu einem anderen Benutzer. Schreib erst „stop“, dann verbinde es neu',
    'too-many-tries': 'Zu viele falsche Codes. Versuch es in einer Stunde wieder',
  },
  unlinked: ({ sipUser }) => `Erledigt: dieses Konto handelt nicht mehr für ${sipUser}. Alles Geplante ist abgesagt, und du hörst nichts mehr von mir`,
  notLinked: 'Dieses Konto gehört zu keinem unserer Benutzer, da ist nichts zu beenden',
  stranger: 'Ich weiß noch nicht, wer du am Telefon bist. Lass dir vom Betreiber einen Code geben und schick ihn mir: link CODE',
  refusals: {
    emergency: ({ name }) => `${name} ist ein Notruf: wähl ihn selbst, am Telefon. Ich tue das nie`,
    'short-code': ({ name }) => `${name} ist eine Kurzwahl, solche werden von hier nicht gewählt`,
    'not-a-number': ({ name }) => `${name} ist keine Telefonnummer, die ich kenne. Schreib sie mit Landesvorwahl: +49 30 901820`,
    'no-gateway': ({ name }) => `Telefonnummern wie ${name} kann man hier nicht anrufen, nur Benutzer und SIP-Adressen`,
    premium: ({ name }) => `${name} kostet extra und wird von hier nicht gewählt`,
    destination: ({ name }) => `Anrufe nach ${name} sind hier nicht erlaubt: frag den Betreiber nach dem Land oder der Vorwahl`,
    address: ({ name }) => `${name} kann ich nicht anrufen: schreib sip:benutzer@host und nichts weiter, oder eine Nummer mit Landesvorwahl`,
    'number-address': ({ name }) => `${name} kann ich nicht anrufen: für eine Telefonnummer schreib nur die Nummer, mit Landesvorwahl: +49 30 901820`,
    domain: ({ name }) => `Anrufe in die Domain von ${name} sind hier nicht erlaubt`,
    'unknown-user': ({ name }) => `Hier gibt es keinen Benutzer ${name}`,
    'unknown-handle': ({ name }) => `${name} hat kein Telefon bei uns`,
    yourself: () => 'Das bist du selbst',
    'user-today': ({ limit }) => `Du hast in 24 Stunden ${limit} Anrufe gemacht, mehr geht gerade nicht`,
    'all-today': () => 'Heute wurde so viel angerufen, dass nichts mehr geht. Versuch es morgen wieder',
    'destination-today': ({ name, limit }) => `${name} wurde in 24 Stunden ${limit}-mal angerufen, mehr geht gerade nicht`,
    'user-active': ({ limit }) => (limit === 1 ? 'Du hast schon einen Anruf. „abbrechen“ beendet ihn' : `Du hast schon ${limit} Anrufe. „abbrechen“ beendet den letzten`),
    'all-active': () => 'Alle Leitungen sind belegt. Versuch es in ein paar Minuten wieder',
    schedules: ({ limit }) => `Bei dir warten ${limit} Anrufe und Erinnerungen. „liste“ zeigt sie, „abbrechen 3“ macht Platz`,
    'too-often': () => 'Das war viel auf einmal: ich lese in einer Weile weiter und übergehe, was bis dahin kommt',
    'too-late': () => 'Das habe ich zu spät gelesen. Schreib es noch einmal, wenn du es noch willst',
    'nobody-missed': () => 'Du hast niemanden verpasst',
    anonymous: () => 'Die Nummer war unterdrückt, zurückrufen kann ich nicht',
    'no-such-number': ({ name }) => `Mit der Nummer ${name} hast du nichts. „liste“ zeigt, was du hast`,
    'nothing-to-cancel': () => 'Da ist kein Anruf. Mit einer Nummer sage ich Geplantes ab: „abbrechen 3“',
    'no-reminder': () => 'In letzter Zeit kam keine Erinnerung',
    'not-for-messages': ({ name }) => `Nachrichten gehen an Benutzer dieses Dienstes, nicht an ${name}`,
  },
  callFailed: ({ name, party, cause }) => {
    if (party === 'caller') {
      if (cause === 'busy') return `Dein Telefon war besetzt, ${name} wurde nicht angerufen`;
      if (cause === 'no-answer') return `Du bist nicht ans Telefon gegangen, ${name} wurde nicht angerufen`;
      if (cause === 'declined') return `Du hast am Telefon abgelehnt, ${name} wurde nicht angerufen`;
      if (cause === 'unreachable') return `Keines deiner Telefone war erreichbar, ${name} wurde nicht angerufen`;
      return `Der Anruf bei ${name} ist auf deiner Seite gescheitert (${cause})`;
    }
    if (cause === 'busy') return `Bei ${name} ist besetzt`;
    if (cause === 'no-answer') return `${name} ist nicht rangegangen`;
    if (cause === 'declined') return `${name} hat den Anruf abgelehnt`;
    if (cause === 'unreachable') return `${name} war nicht erreichbar`;
    if (cause === 'media') return `Die Telefone von dir und ${name} haben kein gemeinsames Tonformat`;
    return `Der Anruf bei ${name} ist gescheitert (${cause})`;
  },
  callMissed: ({ name }) => `Der Anruf bei ${name} konnte nicht rechtzeitig beginnen und fiel aus. Schreib noch einmal, wenn du ihn noch willst`,
  callInterrupted: ({ name, talked }) =>
    talked
      ? `Der Anruf bei ${name} wird hier nicht mehr begleitet; falls er noch läuft, leg auf, wenn ihr fertig seid`
      : `Der Anruf bei ${name} wurde bei uns unterbrochen. Schreib noch einmal, wenn du ihn noch willst`,
  reminder: ({ number, about }) => `Erinnerung ${number}: ${about}. Antworte „schlummern 10“ oder „erledigt“`,
  reminderOnPhone: ({ about }) => `Erinnerung: ${about}`,
  scheduleMissed: (line) =>
    `Verpasst: ${line.kind === 'call' ? `der Anruf bei ${line.what}` : `die Erinnerung „${line.what}“`} (${line.number}) war fällig ${line.when}, und ich war nicht da${line.next === undefined ? '' : `. Als Nächstes: ${line.next}`}`,
  scheduleRefused: (line) => `Der Anruf bei ${line.what} (${line.number}), fällig ${line.when}, fiel aus. ${line.why}`,
};
