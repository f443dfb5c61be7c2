/** An answer of the sandbox before it is written: a status and a JSON body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
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

/** A bearer token where only a user's signature is good enough. */
export function unsupportedAuthentication(): Answer {
  const title = 'Unsupported Authentication';
  const detail =
    'Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. Supported authentication types are [OAuth 1.0a User Context].';
  return { status: 403, body: { title, detail, status: 403, type: `${TYPES}/unsupported-authentication` } };
}

export function creditsDepleted(): Answer {
  const detail = 'Your enrolled account [sandbox] does not have any credits to fulfill this request.';
  return { status: 402, body: { title: 'CreditsDepleted', detail, type: `${TYPES}/credits` } };
}

export const DM_CLOSED = 'You do not have permission to DM one or more participants.';
export const DUPLICATE_POST = 'You are not allowed to create a Tweet with duplicate content.';
export const NOT_SUMMONED =
  'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.';

export const forbidden = (detail: string): Answer => problem(403, 'Forbidden', detail);

export const tooManyRequests = (): Answer => problem(429, 'Too Many Requests');

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
