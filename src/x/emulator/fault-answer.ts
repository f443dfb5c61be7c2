import type { Fault } from './faults.ts';
import { creditsDepleted, forbidden, problem, tooManyRequests, unauthorized, usageCapped, type Answer } from './problems.ts';
import type { LimitHeaders } from './rate-limits.ts';

/** The answers of faults that are an answer; the others act on the socket. */
export function faultAnswer(fault: Fault, nowMs: number): { answer: Answer; headers: LimitHeaders } | undefined {
  const inSeconds = (ms: number) => String(Math.ceil((nowMs + ms) / 1000));
  const quarter = { 'x-rate-limit-limit': '15', 'x-rate-limit-reset': inSeconds(900_000) };
  switch (fault.kind) {
    case 'rate-limited':
      return { answer: tooManyRequests(), headers: { ...quarter, 'x-rate-limit-remaining': '0' } };
    case 'rate-limited-day': {
      const day = {
        'x-user-limit-24hour-limit': '1440',
        'x-user-limit-24hour-remaining': '0',
        'x-user-limit-24hour-reset': inSeconds(86_400_000),
      };
      return { answer: tooManyRequests(), headers: { ...quarter, 'x-rate-limit-remaining': '14', ...day } };
    }
    case 'usage-capped':
      return { answer: usageCapped(), headers: { ...quarter, 'x-rate-limit-remaining': '14' } };
    case 'server-error':
      return { answer: problem(fault.status ?? 503, fault.status === 500 ? 'Internal Server Error' : 'Service Unavailable'), headers: {} };
    case 'payment-required':
      return { answer: creditsDepleted(), headers: {} };
    case 'unauthorized':
      return { answer: unauthorized(), headers: {} };
    case 'forbidden':
      return { answer: forbidden(fault.detail ?? 'This operation is not permitted.'), headers: {} };
    default:
      return undefined;
  }
}
