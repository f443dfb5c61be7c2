import type { Caller } from './auth.ts';
import type { Fault } from './faults.ts';
import type { Answer } from './problems.ts';
import type { LimitHeaders } from './rate-limits.ts';
import type { Page, StreamAnswer } from './route.ts';

/** What becomes of a request before a byte is written: the answer, a fault's way of writing it, and what the log gets to know. */
export interface Outcome {
  readonly answer: Answer | StreamAnswer | Page;
  readonly limitHeaders: LimitHeaders;
  readonly caller?: Caller;
  readonly fault?: Fault;
  readonly why?: string;
  /** Method and pattern of the endpoint, for the meter; absent when nothing was done. */
  readonly endpoint?: string;
}
