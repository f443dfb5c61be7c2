import { AppError } from '../base/errors.ts';
import { asUnreachable } from '../db/connection.ts';

/** Whether this is about our own database or queue, and so passes by itself. */
export function isOutage(thrown: unknown): boolean {
  if (thrown instanceof AppError) return thrown.code === 'db.unreachable' || thrown.code === 'jobs.unreachable';
  return asUnreachable(thrown, 'the ledger') !== undefined;
}
