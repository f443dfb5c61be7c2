import type { IncomingMessage } from 'node:http';
import { recordOf } from '../json.ts';
import type { Caller } from './auth.ts';
import { faultAnswer } from './fault-answer.ts';
import { isJson, parseJson } from './http-body.ts';
import type { Outcome } from './outcome.ts';
import * as problems from './problems.ts';
import type { Answer } from './problems.ts';
import type { Route, StreamAnswer } from './route.ts';
import type { Sandbox } from './sandbox.ts';

/** A request whose route is known. */
export interface RoutedRequest {
  readonly request: IncomingMessage;
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly path: string;
  readonly queryText: string;
  readonly body: string;
}

/** Login, scopes, faults, credits, rate limits, query and body, endpoint: the first that objects decides. */
export async function answerApiRequest(routed: RoutedRequest, sandbox: Sandbox): Promise<Outcome> {
  const { request, route, path } = routed;
  const { clock, faults, limits, spend } = sandbox;
  const caller = callerOf(routed, sandbox);
  if (typeof caller === 'string') return { answer: problems.unauthorized(), limitHeaders: {}, why: caller };
  const refusal = accessRefusal(route, caller);
  if (refusal !== undefined) return { answer: refusal, limitHeaders: {}, caller, ...(refusal.why === undefined ? {} : { why: refusal.why }) };

  const fault = faults.take(request.method ?? '', path);
  const known = { caller, ...(fault === undefined ? {} : { fault }) };
  const struck = fault && faultAnswer(fault, clock.now());
  if (struck) return { answer: struck.answer, limitHeaders: struck.headers, ...known };
  // What happens without the request being looked at needs no answer; the writer knows what to do.
  if (fault && ['hang', 'drop', 'bad-gateway-html', 'accept-then-close'].includes(fault.kind)) {
    return { answer: problems.problem(502, 'Bad Gateway'), limitHeaders: {}, ...known };
  }
  if (spend.isExhausted) return { answer: problems.creditsDepleted(), limitHeaders: {}, ...known };

  const { allowed, headers: limitHeaders } = limits.take(route.limits, caller);
  if (!allowed) return { answer: problems.tooManyRequests(), limitHeaders, ...known };
  const answer = await ask(routed, caller, sandbox);
  const why = 'why' in answer && answer.why !== undefined ? { why: answer.why } : {};
  return { answer, limitHeaders, endpoint: `${route.method} ${route.path}`, ...known, ...why };
}

function callerOf({ request, body }: RoutedRequest, { authenticator }: Sandbox): Caller | string {
  const { host = '', authorization = '', 'content-type': contentType = '' } = request.headers;
  const form = /^application\/x-www-form-urlencoded/i.test(contentType) ? { form: body } : {};
  return authenticator.identify({ method: request.method ?? '', target: request.url ?? '', host, authorization, ...form });
}

/** 403 for a login of the wrong kind, or a token whose user did not allow enough. */
function accessRefusal({ auth, scopes }: Route, { kind, scopes: allowed }: Caller): Answer | undefined {
  if (!auth.includes(kind)) return { ...problems.unsupportedAuthentication(kind, auth), why: 'wrong kind of login' };
  const lacking = allowed === undefined ? [] : scopes.filter((scope) => !allowed.has(scope));
  return lacking.length === 0 ? undefined : { ...problems.forbidden('Forbidden'), why: `the token lacks ${lacking.join(' ')}` };
}

function ask({ request, route, params, queryText, body }: RoutedRequest, caller: Caller, sandbox: Sandbox): Answer | StreamAnswer | Promise<Answer> {
  const query = new URLSearchParams(queryText);
  const unknown = [...query.keys()].find((name) => !route.query.includes(name));
  if (unknown !== undefined) {
    const known = route.query.join(',');
    return problems.invalidRequest(`The query parameter [${unknown}] is not one of [${known}]`, { [unknown]: query.getAll(unknown) });
  }
  const hasBody = (route.method === 'POST' || route.method === 'PUT') && route.isBodiless !== true;
  const json = hasBody ? recordOf(isJson(request.headers['content-type']) ? parseJson(body) : undefined) : {};
  if (json === undefined) return problems.invalidRequest('The body is not a JSON object, or its content-type is not application/json');
  return route.answer({ atMs: sandbox.clock.now(), caller, user: caller.user, params, query, body: json }, sandbox);
}
