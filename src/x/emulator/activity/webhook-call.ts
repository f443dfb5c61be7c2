import http from 'node:http';
import type { Clock } from '../../../base/clock.ts';
import { errorText } from '../../../base/errors.ts';
import { isNearAddress } from '../../api-base.ts';
import { alarm } from '../alarm.ts';

/** X gives a webhook this long to answer. */
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16_384;

/** What a webhook answered, or why it did not. */
export type WebhookAnswer = { readonly status: number; readonly body: string } | { readonly failure: string };

/** Calls a webhook once. Redirects are answers like others; a name that is not of this machine or its network is not called. */
export function callWebhook(request: { method: 'GET' | 'POST'; url: URL; headers?: Record<string, string>; body?: string }, clock: Clock): Promise<WebhookAnswer> {
  const { method, url, headers = {}, body } = request;
  return new Promise((resolve) => {
    const out = http.request(url, { method, headers, agent: false });
    const stop = alarm(clock, TIMEOUT_MS, () => out.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    const end = (answer: WebhookAnswer) => {
      stop();
      resolve(answer);
    };
    out.on('socket', (socket) => {
      socket.on('lookup', (error, address) => {
        if (!error && !isNearAddress(address)) out.destroy(new Error(`${url.hostname} is ${address}, which is not a loopback or private address`));
      });
    });
    out.on('error', (error) => end({ failure: errorText(error) || 'connection failed' }));
    out.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) out.destroy(new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on('error', (error) => end({ failure: errorText(error) }));
      response.on('end', () => end({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
    });
    out.end(body);
  });
}
