import { choice, integer, optionalLine, type Fields, type ValuesOf } from './option.ts';
import { section, type Finding } from './section.ts';
import { urlOf } from './notations.ts';

const KEY_FORM = {
  expected: 'a key without spaces',
  accepts: (text: string) => /^[\x21-\x7e]{1,512}$/.test(text),
};

const KEYS = {
  appKey: optionalLine({
    ...KEY_FORM,
    secret: 'value',
    env: 'X_APP_KEY',
    doc: 'Consumer key of the app on X. All four keys together, or none.',
    defaultText: 'the sandbox is used',
  }),
  appSecret: optionalLine({
    ...KEY_FORM,
    secret: 'value',
    env: 'X_APP_SECRET',
    doc: 'Consumer secret of the app on X.',
    defaultText: 'the sandbox is used',
  }),
  accessToken: optionalLine({
    ...KEY_FORM,
    secret: 'value',
    env: 'X_ACCESS_TOKEN',
    doc: 'Access token of the account that sends the messages.',
    defaultText: 'the sandbox is used',
  }),
  accessSecret: optionalLine({
    ...KEY_FORM,
    secret: 'value',
    env: 'X_ACCESS_SECRET',
    doc: 'Access token secret of that account. Make both anew after the app was given the right to send direct messages.',
    defaultText: 'the sandbox is used',
  }),
} as const satisfies Fields;

/** What OAuth 2.0 knows the app by. */
const CLIENT = {
  clientId: optionalLine({
    ...KEY_FORM,
    env: 'X_CLIENT_ID',
    doc: 'OAuth 2.0 client id of the app on X, for "Sign in with X" in the console; without it accounts are linked by codes only.',
    defaultText: 'the one of the sandbox when there are no keys of X, else none',
  }),
  clientSecret: optionalLine({
    ...KEY_FORM,
    secret: 'value',
    env: 'X_CLIENT_SECRET',
    doc: 'OAuth 2.0 client secret of the app on X; none for an app that X calls native.',
    defaultText: 'as x.clientId',
  }),
} as const satisfies Fields;

type KeyName = keyof typeof KEYS;

export const X = section(
  'The API of X. Without keys a sandbox on this machine takes the messages.',
  {
    ...KEYS,
    ...CLIENT,
    apiBase: optionalLine({
      ...urlOf(['http']),
      env: 'X_API_BASE',
      doc: 'Address of an emulator of the API on this machine or in its private network, in place of X.',
      defaultText: 'X itself with keys, our sandbox without',
    }),
    timeoutMs: integer({
      default: 10_000,
      min: 100,
      max: 120_000,
      doc: 'Time in milliseconds that a call to the API may take. A message whose call ran out of time is looked for before it is sent again.',
    }),
    pollMs: integer({
      default: 30_000,
      min: 200,
      max: 3_600_000,
      doc: 'Milliseconds from one look for posts that mention the account to the next. X allows 300 looks in 15 minutes and charges for what it finds, not for looking.',
    }),
    messagePollMs: integer({
      default: 75_000,
      min: 200,
      max: 3_600_000,
      doc: 'Milliseconds from one look for direct messages to the next. X allows 15 looks in 15 minutes: 75 s leave a few for long lists and for messages of unknown fate. A webhook or x.push activity is faster.',
    }),
    maxAgeMs: integer({
      default: 600_000,
      min: 1_000,
      max: 86_400_000,
      doc: 'Milliseconds after which something that people wrote is not carried out any more when it is read only then: nobody wants to be rung for the post of yesterday. It is recorded as ignored; at the very first start it is left out.',
    }),
    overlapMs: integer({
      default: 900_000,
      min: 0,
      max: 86_400_000,
      doc: 'Milliseconds that each look reaches back behind the newest post that was read. X lists some posts late, below newer ones: less overlap loses them, more costs nothing on the same day.',
    }),
    push: choice(['none', 'posts', 'activity'], {
      default: 'none',
      doc: 'A stream that brings commands within seconds, beside the looks. posts: the filtered stream brings mentions. activity: the activity stream brings mentions and direct messages. X charges for each of them, and gives an app one stream of posts and two of activity.',
      defaultText: 'none; activity with the sandbox of `sipweet start`',
    }),
    dailyBudgetUsd: integer({
      default: 20,
      min: 0,
      max: 1_000_000,
      doc: 'Whole US dollars that X may cost in a UTC day, by its list prices; 0 is without a limit. At 80 % there is a warning in the log; when it is spent nothing goes to X until the next day, except that a user who says stop is told so. Messages wait meanwhile.',
    }),
    monthlyBudgetUsd: integer({
      default: 200,
      min: 0,
      max: 10_000_000,
      doc: 'The same for a UTC month.',
    }),
    stormMessages: integer({
      default: 20,
      min: 1,
      max: 1_000,
      doc: 'Missed calls and instant messages that one user is told by themselves within x.stormWindowMs. What comes on top is told in one digest at the end of the window.',
    }),
    stormWindowMs: integer({
      default: 900_000,
      min: 60_000,
      max: 86_400_000,
      doc: 'Milliseconds of the window of x.stormMessages.',
    }),
    sandboxApiPort: integer({
      default: 4010,
      min: 0,
      max: 65_535,
      doc: 'Port on the loopback address where the sandbox speaks the API of X; 0 is any free one.',
    }),
    sandboxControlPort: integer({
      default: 4011,
      min: 0,
      max: 65_535,
      doc: 'Port on the loopback address where the sandbox shows its messages and takes orders to fail; 0 is any free one.',
    }),
  },
  (values) => [...missingKeys(values), ...missingClientId(values)],
);

function missingClientId({ clientId, clientSecret }: ValuesOf<typeof CLIENT>): Finding<typeof CLIENT>[] {
  if (clientId !== undefined || clientSecret === undefined) return [];
  return [{ option: 'clientId', text: 'is missing while x.clientSecret is set; set X_CLIENT_ID' }];
}

/** A part of the keys is a mistake of the operator: falling back to the sandbox would hide it. */
function missingKeys(values: ValuesOf<typeof KEYS>): Finding<typeof KEYS>[] {
  const names = Object.keys(KEYS) as KeyName[];
  const given = names.filter((name) => values[name] !== undefined);
  if (given.length === 0) return [];
  return names
    .filter((name) => values[name] === undefined)
    .map((name) => ({
      option: name,
      text: `is missing while x.${given.join(', x.')} ${given.length === 1 ? 'is' : 'are'} set; set ${KEYS[name].env}, or none of the four for the sandbox`,
    }));
}
