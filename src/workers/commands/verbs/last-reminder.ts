/** A reminder that came before that is not what "snooze" or "done" is about. */
export const LAST_REMINDER_MS = 24 * 3600_000;
