import { isLoopback, urlOf } from './notations.ts';
import { optionalLine, type ValuesOf } from './option.ts';
import { section, type Finding } from './section.ts';

/** 24 to 64 bytes in Base64, as Standard Webhooks has it. */
const WEBHOOK_SECRET = /^whsec_(?=.{32,88}$)[A-Za-z0-9+/]+={0,2}$/;

const OPTIONS = {
  mastodonUrl: optionalLine({
    ...urlOf(['https', 'http']),
    doc: 'Server of the Mastodon account that sends messages which X does not take, to users who have named an account of theirs.',
    defaultText: 'not on Mastodon',
  }),
  mastodonToken: optionalLine({
    expected: 'an access token',
    accepts: (text) => /^[\x21-\x7e]{1,512}$/.test(text),
    secret: 'value',
    doc: 'Access token of that account, with the scope write:statuses.',
    defaultText: 'not on Mastodon',
  }),
  webhookUrl: optionalLine({
    ...urlOf(['https', 'http']),
    secret: 'url',
    doc: 'Address that gets messages which no other way takes, as a signed POST (Standard Webhooks). Redirects are not followed.',
    defaultText: 'no webhook',
  }),
  webhookSecret: optionalLine({
    expected: 'whsec_ and 24 to 64 bytes in Base64',
    accepts: (text) => WEBHOOK_SECRET.test(text),
    secret: 'value',
    doc: 'Key of the signatures, which the receiver has too.',
    defaultText: 'no webhook',
  }),
} as const;

type Values = ValuesOf<typeof OPTIONS>;

export const CHANNELS = section('Where messages go that X does not take.', OPTIONS, (values) => [
  ...pair(values, 'mastodonUrl', 'mastodonToken'),
  ...pair(values, 'webhookUrl', 'webhookSecret'),
  ...encrypted(values, 'mastodonUrl'),
  ...encrypted(values, 'webhookUrl'),
]);

function pair(values: Values, one: keyof Values, other: keyof Values): Finding<typeof OPTIONS>[] {
  const missing = values[one] === undefined ? one : other;
  if ((values[one] === undefined) === (values[other] === undefined)) return [];
  return [{ option: missing, text: `is missing: channels.${one} and channels.${other} are set together, or neither` }];
}

/** Tokens and messages do not go through a network in the clear. */
function encrypted(values: Values, option: 'mastodonUrl' | 'webhookUrl'): Finding<typeof OPTIONS>[] {
  const url = values[option];
  if (url === undefined || !url.toLowerCase().startsWith('http:') || isLoopback(new URL(url).hostname)) return [];
  return [{ option, text: 'must begin with https:// unless it is on this machine' }];
}
