import type { CallEvent } from '../../jobs/contract/call-event.ts';

/** Why a call failed: the words of the job contract. */
export type CallCause = NonNullable<CallEvent['cause']>;
