import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2';
import { errorText } from '../base/errors.ts';
import { listOf, recordOf, textOf } from './json.ts';
import { XFailure } from './port.ts';
import { retryAtMsOf, type AnswerHeaders } from './rate-limit-reset.ts';

/** What is known of the call that failed. */
export interface FailedCall {
  /** True for a write: repeating it may do it twice. */
  readonly write: boolean;
  readonly nowMs: number;
  /** Whether this socket error struck before the request could leave. */
  neverSent(error: unknown): boolean;
}

/** Problems of 403 that are about our app and not about this message: nothing gets through until they are solved. */
const APP_PROBLEMS = new Set(['oauth1-permissions', 'unsupported-authentication', 'client-forbidden']);

/** The last part of a problem's `type`; its host is api.x.com or api.twitter.com, as X likes. */
export function problemName(body: unknown): string {
  return textOf(recordOf(body)?.['type'])?.split('/').pop() ?? '';
}

/** The sentence of an error body: `detail`, else the first `errors[].message`, else the title. */
function detailOf(body: unknown): string | undefined {
  const problem = recordOf(body);
  const first = recordOf(listOf(problem?.['errors'])?.[0]);
  const detail = textOf(problem?.['detail']);
  const message = textOf(first?.['message']) ?? textOf(first?.['detail']);
  // `One or more parameters to your request was invalid.` alone helps nobody: say which.
  const sentence = problemName(body) === 'invalid-request' ? (message ?? detail) : (detail ?? message);
  return (sentence ?? textOf(problem?.['title']))?.slice(0, 500);
}

/** "You are not allowed to create a Tweet with duplicate content." or the code of version 1.1. */
function isDuplicate(body: unknown): boolean {
  const codes = (listOf(recordOf(body)?.['errors']) ?? []).map((error) => recordOf(error)?.['code']);
  return codes.includes(187) || /\bduplicate content\b/i.test(detailOf(body) ?? '');
}

/** An answer of X, however it was fetched. */
export interface FailedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: AnswerHeaders;
}

/** An answer with an error status. */
export function failureOfAnswer({ status, body, headers }: FailedAnswer, call: Pick<FailedCall, 'write' | 'nowMs'>): XFailure {
  const detail = detailOf(body);
  const reason = detail ?? `X answered ${status}`;
  if (status === 429 && problemName(body) === 'usage-capped') return new XFailure('payment', reason, { status });
  if (status === 429 || status === 420) {
    return new XFailure('rate-limited', reason, { status, retryAtMs: retryAtMsOf(headers, call.nowMs) });
  }
  if (status === 401) return new XFailure('unauthorized', `X does not accept the keys: ${reason}`, { status });
  if (status === 402) return new XFailure('payment', reason, { status });
  if (status === 403) {
    if (APP_PROBLEMS.has(problemName(body))) return new XFailure('unauthorized', reason, { status });
    return new XFailure('refused', reason, { status, isDuplicate: isDuplicate(body) });
  }
  if (status === 503) return new XFailure('unavailable', `X answered 503: ${detail ?? 'over capacity'}`, { status });
  if (status >= 500 || status === 408) {
    // Only 503 says that nothing was done. A 500, or the 502 and 504 of a gateway, may come after it.
    const text = `X answered ${status}${detail === undefined ? '' : `: ${detail}`}`;
    return new XFailure(call.write ? 'uncertain' : 'unavailable', text, { status });
  }
  return new XFailure('invalid', `X answered ${status}: ${detail ?? 'no reason given'}`, { status });
}

/** What went wrong with the connection, without the addresses and headers that the library's errors drag along. */
function failureOfConnection(error: unknown, call: FailedCall): XFailure {
  const code = textOf((error as NodeJS.ErrnoException | undefined)?.code);
  const text = errorText(error) || code || 'connection failed';
  if (call.neverSent(error)) return new XFailure('unavailable', `X cannot be reached: ${text}`);
  const what = (error as Error | undefined)?.name === 'AbortError' ? 'X did not answer in time' : `The connection to X broke: ${text}`;
  return new XFailure(call.write ? 'uncertain' : 'unavailable', what);
}

/** Translates whatever the HTTP library threw. A failure that we made ourselves stays as it is. */
export function failureOf(thrown: unknown, call: FailedCall): XFailure {
  if (thrown instanceof XFailure) return thrown;
  if (thrown instanceof ApiResponseError) {
    return failureOfAnswer({ status: thrown.code, body: thrown.data, headers: thrown.headers as AnswerHeaders }, call);
  }
  // The library's `requestError` is always undefined: it looks where it did not store the error.
  if (thrown instanceof ApiRequestError) {
    return failureOfConnection(recordOf(Reflect.get(thrown, '_options'))?.['error'], call);
  }
  if (thrown instanceof ApiPartialResponseError) {
    const status = thrown.response.statusCode;
    const details = status === undefined ? {} : { status };
    return new XFailure(call.write ? 'uncertain' : 'unavailable', 'The answer of X is cut off or not JSON', details);
  }
  return new XFailure(call.write ? 'uncertain' : 'unavailable', `The call to X failed: ${errorText(thrown)}`);
}
