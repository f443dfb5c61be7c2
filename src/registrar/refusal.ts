/** Why a REGISTER changes nothing, and what it is answered. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: number;
  readonly reason: string;
  /** Whole header lines, each with its CRLF. */
  readonly headers: string;
  /** True when the user has too many contacts, which KEMI tells apart (-2). */
  readonly tooMany: boolean;
}

export function refusal(status: number, reason: string, headers = '', tooMany = false): Refusal {
  return { kind: 'refused', status, reason, headers, tooMany };
}
