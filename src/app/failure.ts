/** What the command line says and returns when something went wrong. */
import { AppError, errorText } from '../base/errors.ts';
import { XFailure } from '../x/port.ts';

/** The work could not be done. */
export const EXIT_FAILURE = 1;
/** It was asked for in a wrong way: command line or configuration. */
export const EXIT_USAGE = 2;

/** Codes of `AppError` that only a change of the command line or the configuration can cure. */
const USAGE_CODES: ReadonlySet<string> = new Set(['usage', 'config.invalid', 'config.unreadable', 'x.misconfigured']);

export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof AppError && USAGE_CODES.has(thrown.code) ? EXIT_USAGE : EXIT_FAILURE;
}

/** Whether somebody foresaw this failure and wrote a message for people. */
export function isExpected(thrown: unknown): boolean {
  return thrown instanceof AppError || thrown instanceof XFailure;
}

/** One line for the terminal, or a few when the configuration has several problems. Never a stack. */
export function failureText(thrown: unknown): string {
  if (isExpected(thrown)) return `sipweet: ${errorText(thrown)}`;
  return `sipweet: unexpected: ${errorText(thrown)} (please report this; --set log.level=debug shows where it happened)`;
}

/** The stack with those of its causes, for the log. */
export function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.stack ?? thrown.message;
  return thrown.cause === undefined ? own : `${own}\ncaused by ${stackOf(thrown.cause)}`;
}
