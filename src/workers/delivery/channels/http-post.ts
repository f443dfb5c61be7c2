import { errorText } from '../../../base/errors.ts';
import { ChannelFailure } from './channel.ts';

/** Of an answer that is read at all. */
const MAX_ANSWER_BYTES = 262_144;

export interface HttpAnswer {
  readonly status: number;
  /** As text, cut off at 256 KiB. */
  readonly body: string;
}

/**
 * One POST with a bound on its time and on what is read of the answer. Redirects are not followed:
 * a body with its signature or token is for the configured address only. For receivers that know a
 * repeated message again, so that everything which passes by itself is `unavailable`: 408, 425,
 * 429, 5xx and a broken connection. Everything else that is no 2xx is `refused`.
 *
 * @throws ChannelFailure
 */
export async function postOnce(request: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}): Promise<HttpAnswer> {
  const { url, headers, body, timeoutMs } = request;
  const host = new URL(url).host;
  let answer: HttpAnswer;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    answer = { status: response.status, body: await beginningOf(response) };
  } catch (thrown) {
    throw new ChannelFailure('unavailable', `${host} cannot be reached: ${causeOf(thrown)}`);
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return answer;
  if (status === 408 || status === 425 || status === 429 || status >= 500) throw new ChannelFailure('unavailable', `${host} answered ${status}`);
  const why = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  throw new ChannelFailure('refused', `${host} answered ${status}${why}`);
}

async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (bytes >= MAX_ANSWER_BYTES) break;
  }
  return text;
}

/** `fetch failed` says nothing, its cause does. */
function causeOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause === undefined ? errorText(thrown) : errorText(cause) || String(Reflect.get(cause as object, 'code'));
}
