/** Why a wish is not fulfilled, by a word that every language has a sentence for. */
export const REFUSALS = [
  'emergency',
  'short-code',
  'not-a-number',
  'no-gateway',
  'premium',
  'destination',
  'address',
  'number-address',
  'domain',
  'unknown-user',
  'unknown-handle',
  'yourself',
  'user-today',
  'all-today',
  'destination-today',
  'user-active',
  'all-active',
  'schedules',
  'too-often',
  'too-late',
  'nobody-missed',
  'anonymous',
  'no-such-number',
  'nothing-to-cancel',
  'no-reminder',
  'not-for-messages',
] as const;

export type RefusalCode = (typeof REFUSALS)[number];

export interface Refusal {
  readonly code: RefusalCode;
  /** Whom or what it is about, as people call it. */
  readonly name: string;
  /** The limit that was reached. */
  readonly limit?: number;
}

export function refusal(code: RefusalCode, name = '', limit?: number): Refusal {
  return { code, name, ...(limit === undefined ? {} : { limit }) };
}

/** For the operator: in the row, on the log line. Begins with the word. */
export function refusalReason({ code, name, limit }: Refusal): string {
  return `${code}${name === '' ? '' : `: ${name}`}${limit === undefined ? '' : ` (at most ${limit})`}`;
}
