import type { MissedCall } from '../../jobs/contract/missed-call.ts';
import type { LocalTime } from './local-time.ts';

/** The messages in one language. A new language is a file in `texts/` and a line in `catalogue.ts`. */
export interface MessageTexts {
  /** Stands for a caller who hides his address (RFC 3323). */
  readonly anonymousCaller: string;
  readonly causes: Readonly<Record<MissedCall['cause'], string>>;
  /** One line; `caller` and `cause` are ready to be shown. */
  missedCall(parts: { readonly caller: string; readonly time: LocalTime; readonly cause: string }): string;
}
