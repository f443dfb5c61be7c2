import type { MissedCall } from '../../jobs/contract/missed-call.ts';
import type { LocalTime } from './local-time.ts';

/** The messages in one language. A new language is a file in `texts/` and a line in `catalogue.ts`. */
export interface MessageTexts {
  /** Stands for a caller who hides his address (RFC 3323). */
  readonly anonymousCaller: string;
  readonly causes: Readonly<Record<MissedCall['cause'], string>>;
  /** Under a post, for everybody to read, when a direct message was refused: says nothing of what it was. */
  readonly publicHint: string;
  /** One line; `caller` and `cause` are ready to be shown. */
  missedCall(parts: { readonly caller: string; readonly time: LocalTime; readonly cause: string }): string;
  /** One line; both are ready to be shown. */
  instantMessage(parts: { readonly sender: string; readonly text: string }): string;
  /** The first line of a digest, with a colon at its end: together they are at least two, and one number may be 0. */
  digest(parts: { readonly calls: number; readonly callers: number; readonly messages: number }): string;
  /** How often somebody called, and when last. */
  digestCaller(parts: { readonly caller: string; readonly calls: number; readonly last: LocalTime }): string;
  /** The last line of a digest that would be too long. */
  andMore(count: number): string;
}
