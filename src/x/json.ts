/** Reading JSON whose shape nobody has promised: each reader answers `undefined` where the value is another. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export function recordOf(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** An id of X: 1 to 19 decimal digits. Safe to put into a path. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9]{1,19}$/.test(value) ? value : undefined;
}

/** A handle without `@`: 1 to 15 letters, digits and underscores. Safe to put into a path. */
export function usernameOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9_]{1,15}$/.test(value) ? value : undefined;
}
