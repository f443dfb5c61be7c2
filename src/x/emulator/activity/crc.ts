import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import { recordOf, textOf } from '../../json.ts';
import { parseJson } from '../http-body.ts';
import { equal } from '../oauth1.ts';
import { callWebhook } from './webhook-call.ts';

/** `sha256=` and the HMAC with the consumer secret: X signs challenges and bodies alike. */
export function signatureOf(text: string, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(text).digest('base64')}`;
}

/** How a challenge went: `wrong` ends a webhook at once, what is only `away` may come back. */
export type CrcResult = { readonly is: 'ok' } | { readonly is: 'wrong' | 'away'; readonly why: string };

/** Challenges a webhook: only who knows the consumer secret can answer (X's CRC). */
export async function challenge(url: string, options: { appSecret: string; clock: Clock }): Promise<CrcResult> {
  const token = randomBytes(36).toString('base64');
  const target = new URL(url);
  target.searchParams.set('crc_token', token);
  const answer = await callWebhook({ method: 'GET', url: target }, options.clock);
  if ('failure' in answer) return { is: 'away', why: answer.failure };
  if (answer.status >= 500) return { is: 'away', why: `the webhook answered ${answer.status}` };
  if (answer.status !== 200) return { is: 'wrong', why: `the webhook answered ${answer.status}` };
  const given = textOf(recordOf(parseJson(answer.body))?.['response_token']) ?? '';
  return equal(given, signatureOf(token, options.appSecret)) ? { is: 'ok' } : { is: 'wrong', why: 'response_token is not the right one' };
}
