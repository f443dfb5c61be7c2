import { AUTH_NAMES, type AuthKind } from './auth.ts';
import type { Charge } from './prices.ts';

/** An answer of the sandbox before it is written: a status and a JSON body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What X would bill for it. */
  readonly charges?: readonly Charge[];
  /** Our words for the request log, where the body does not say enough. */
  readonly why?: string;
}

const TYPES = 'https://api.x.com/2/problems';

/** A problem without a type of its own: title and detail, as X sends for most statuses. */
export function problem(status: number, title: string, detail = title): Answer {
  return { status, body: { title, type: 'about:blank', status, detail } };
}

/** 400 with the parameter that is wrong. */
export function invalidRequest(message: string, parameters: Readonly<Record<string, readonly string[]>> = {}): Answer {
  return {
    status: 400,
    body: {
      errors: [{ parameters, message }],
      title: 'Invalid Request',
      detail: 'One or more parameters to your request was invalid.',
      type: `${TYPES}/invalid-request`,
    },
  };
}

export const unauthorized = (): Answer => problem(401, 'Unauthorized');

/** The wrong kind of login for the endpoint: the app's bearer token where a user must act, or the other way round. */
export function unsupportedAuthentication(given: AuthKind, supported: readonly AuthKind[]): Answer {
  const names = supported.map((kind) => AUTH_NAMES[kind]).join(', ');
  const detail = `Authenticating with ${AUTH_NAMES[given]} is forbidden for this endpoint. Supported authentication types are [${names}].`;
  return { status: 403, body: { title: 'Unsupported Authentication', detail, status: 403, type: `${TYPES}/unsupported-authentication` } };
}

export function creditsDepleted(): Answer {
  const detail = 'Your enrolled account [sandbox] does not have any credits to fulfill this request.';
  return { status: 402, body: { title: 'CreditsDepleted', detail, type: `${TYPES}/credits` } };
}

export const DM_CLOSED = 'You do not have permission to DM one or more participants.';
export const NOT_VISIBLE = 'You attempted to reply to a Tweet that is deleted or not visible to you.';
export const DUPLICATE_POST = 'You are not allowed to create a Tweet with duplicate content.';
export const NOT_SUMMONED =
  'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.';

export const forbidden = (detail: string): Answer => problem(403, 'Forbidden', detail);

export const tooManyRequests = (): Answer => problem(429, 'Too Many Requests');

/** A problem of the streams, with the word that clients tell them apart by. */
export function connectionProblem(status: number, issue: 'TooManyConnections' | 'RuleConfigurationIssue', detail: string): Answer {
  return { status, body: { title: 'ConnectionException', detail, connection_issue: issue, type: `${TYPES}/streaming-connection` } };
}

/** 429 because the month is used up: waiting for a reset of the headers does not help. */
export function usageCapped(): Answer {
  const detail = 'Usage cap exceeded: Monthly product cap';
  return { status: 429, body: { account_id: 0, product_name: 'sandbox', title: 'UsageCapExceeded', period: 'Monthly', scope: 'Product', detail, type: `${TYPES}/usage-capped` } };
}

/** The entry of `errors[]` for something that does not exist; lookups wrap it in a 200. */
export function notFoundError(resource: { type: string; parameter: string; value: string }): unknown {
  const { type, parameter, value } = resource;
  return {
    value,
    detail: `Could not find ${type} with ${parameter}: [${value}].`,
    title: 'Not Found Error',
    resource_type: type,
    parameter,
    resource_id: value,
    type: `${TYPES}/resource-not-found`,
  };
}
