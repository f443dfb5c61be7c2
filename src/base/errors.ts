/**
 * Every error that this program raises on purpose. The code is stable and is what callers switch
 * on; the text is for people and may change. Add a code here before throwing it.
 */
export const ERROR_CODES = {
  'config.invalid': 'The configuration has wrong or unknown values; the message lists all of them',
  'config.unreadable': 'A configuration file cannot be read or is not YAML',
  'db.unreachable': 'PostgreSQL does not answer',
  'db.migration': 'A migration failed or the schema is not the expected one',
  'db.embedded': 'The embedded PostgreSQL cannot be started',
  'demo.failed': 'A step of the demonstration did not end as it should',
  'jobs.unreachable': 'The queue backend does not answer',
  'jobs.spool': 'The local spool cannot be written or read',
  'listen.engine': 'UDP in batches is demanded, and the addon for it is not built',
  'listen.in-use': 'A port that the service should listen on is taken',
  'listen.failed': 'A socket cannot be opened',
  'media.answer': 'The other side of a call takes no audio that an announcement can be played in',
  'media.sound': 'The sound of announcements cannot be read, or is of a form that is not played',
  'media.unavailable': 'No announcement can be made now: too many at a time, or no RTP port is free',
  'process.failed': 'A process of the service does not start, or keeps ending by itself',
  'script.load': 'The routing script cannot be read or has a syntax error',
  'usage': 'The command line asks for something that cannot be done',
  'user.exists': 'The SIP user or the X user is mapped already',
  'user.unknown': 'There is no such user',
  'x.misconfigured': 'The X keys are missing or incomplete',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An expected failure with a stable code. Its message is fit for a user: no stack, no final point. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }
}

/** The text of anything that was thrown. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
