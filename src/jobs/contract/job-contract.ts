import { z } from 'zod';
import { errorText } from '../../base/errors.ts';
import type { RetryPolicy } from '../retry.ts';

/** Longest encoded payload, in UTF-16 units. A longer one is refused before it is parsed. */
export const MAX_PAYLOAD_LENGTH = 16_384;

/** What `parse` gives: the payload, or what is wrong with it, one sentence a problem. */
export type ParsedPayload<Payload> =
  | { readonly ok: true; readonly payload: Payload }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * A kind of job: its queue, the shape of its payload and how it is retried. Payloads are JSON text,
 * because a producer may be a Lua script that builds it by hand. Fields that the schema does not
 * know are dropped, so that a producer may be newer than its consumer.
 */
export interface JobContract<Payload> {
  /** Name of the job and of its queue. */
  readonly name: string;
  readonly retry: RetryPolicy;
  /** The job id: equal for two payloads exactly when they mean the same job. */
  id(payload: Payload): string;
  encode(payload: Payload): string;
  /** Never throws: a payload that does not parse becomes a dead letter with these problems as its reason. */
  parse(value: string): ParsedPayload<Payload>;
}

export function jobContract<Schema extends z.ZodType>(definition: {
  readonly name: string;
  readonly schema: Schema;
  readonly retry: RetryPolicy;
  readonly id: (payload: z.output<Schema>) => string;
}): JobContract<z.output<Schema>> {
  const { name, schema, retry, id } = definition;
  return {
    name,
    retry,
    id,
    encode: (payload) => JSON.stringify(payload),
    parse: (value) => parsePayload(schema, value),
  };
}

function parsePayload<Schema extends z.ZodType>(schema: Schema, value: string): ParsedPayload<z.output<Schema>> {
  if (value.length > MAX_PAYLOAD_LENGTH) {
    return { ok: false, problems: [`payload: ${value.length} characters, at most ${MAX_PAYLOAD_LENGTH} are taken`] };
  }
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch (thrown) {
    return { ok: false, problems: [`payload: not JSON: ${errorText(thrown)}`] };
  }
  const result = schema.safeParse(json);
  if (result.success) return { ok: true, payload: result.data };
  return {
    ok: false,
    problems: result.error.issues.map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`),
  };
}

const EARLIEST_MS = Date.UTC(2020, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

/**
 * A moment, from ISO 8601 text with a zone or from milliseconds since the epoch (a number, or its
 * digits as Lua writes them when it joins strings); given on as milliseconds. The range is
 * there to catch seconds sent as milliseconds.
 */
export const moment = z
  .union([
    z.number(),
    z.string().regex(/^\d{13}$/).transform(Number),
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  ], { error: 'not a time: ISO 8601 with a zone, or milliseconds since 1970' })
  .refine((ms) => Number.isFinite(ms) && ms >= EARLIEST_MS && ms < LATEST_MS, {
    error: 'not between 2020 and 2200: milliseconds since 1970 are wanted, not seconds',
  });
