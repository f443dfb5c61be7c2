import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { recordOf } from '../json.ts';
import { faultAnswer } from './fault-answer.ts';
import type { Fault, Faults } from './faults.ts';
import { isJson, parseJson, readBody } from './http-body.ts';
import type { OAuth1Verifier } from './oauth1.ts';
import * as problems from './problems.ts';
import type { Answer } from './problems.ts';
import type { RateLimits, LimitHeaders } from './rate-limits.ts';
import type { RecordedRequest, RequestLog } from './request-log.ts';
import { resolveRoute, type ApiRequest, type Route } from './route.ts';
import { allDmEvents, conversationDmEvents, participantDmEvents } from './routes/dm-events.ts';
import { sendToConversation, sendToParticipant } from './routes/dm-send.ts';
import { userMentions } from './routes/mentions.ts';
import { createPost } from './routes/posts.ts';
import { me, userById, userByName } from './routes/users.ts';
import type { SandboxState } from './state.ts';

/** Of two routes that fit a path the first wins: fixed words stand before `:parts`. */
const ROUTES: readonly Route[] = [
  sendToParticipant,
  sendToConversation,
  allDmEvents,
  participantDmEvents,
  conversationDmEvents,
  me,
  userByName,
  userById,
  userMentions,
  createPost,
];

export interface ApiServerParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly state: SandboxState;
  /** Handle of the account that the keys belong to. */
  readonly botUsername: string;
  readonly verifier: OAuth1Verifier;
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly requests: RequestLog;
}

/** What is to be written, with a fault's way of writing it and our words for the request log. */
interface Outcome {
  readonly answer: Answer;
  readonly limitHeaders: LimitHeaders;
  readonly fault?: Fault;
  readonly why?: string;
}

/** The side of the sandbox that X's clients talk to. */
export class ApiServer {
  readonly server: Server;
  readonly #parts: ApiServerParts;

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
    this.server = createServer((request, response) => {
      this.#serve(request, response).catch((thrown: unknown) => {
        parts.logger.debug('Request of the X sandbox ended early', { reason: errorText(thrown) });
        response.destroy();
      });
    });
    this.server.maxConnections = 256;
    this.server.headersTimeout = 10_000;
    this.server.requestTimeout = 30_000;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const outcome = this.#outcome(request, body);
    const written = this.#write(response, outcome);
    const record: RecordedRequest = {
      atMs: this.#parts.clock.now(),
      method: request.method ?? '',
      target: request.url ?? '',
      body: body ?? '',
      ...(written === undefined ? {} : { status: written }),
      ...(outcome.fault === undefined ? {} : { fault: outcome.fault.kind }),
      ...(outcome.why === undefined ? {} : { why: outcome.why }),
    };
    this.#parts.requests.add(record);
    const { method, target, status, fault, why } = record;
    this.#parts.logger.debug('X sandbox request', { method, target, status, fault, why });
  }

  /** Route, signature, faults, rate limits, query and body, endpoint: the first that objects decides. */
  #outcome(request: IncomingMessage, body: string | undefined): Outcome {
    const { clock, state, verifier, limits, faults, botUsername } = this.#parts;
    const method = request.method ?? '';
    const target = request.url ?? '';
    const [path = '', queryText = ''] = target.split(/\?(.*)/s);
    const plain = (answer: Answer, why?: string): Outcome => ({ answer, limitHeaders: {}, ...(why === undefined ? {} : { why }) });

    const resolution = resolveRoute(ROUTES, method, path);
    if (resolution === undefined) return plain(problems.problem(404, 'Not Found'), 'no such endpoint');
    if ('allowed' in resolution) {
      const refusal = problems.problem(405, 'Method Not Allowed');
      return plain({ ...refusal, headers: { allow: resolution.allowed.join(', ') } });
    }
    if (body === undefined) return plain(problems.problem(413, 'Payload Too Large'));

    const contentType = request.headers['content-type'];
    const authorization = request.headers.authorization ?? '';
    if (/^Bearer\s/i.test(authorization)) return plain(problems.unsupportedAuthentication(), 'bearer token');
    const verdict = verifier.verify({
      method,
      target,
      host: request.headers.host ?? '',
      authorization,
      ...(/^application\/x-www-form-urlencoded/i.test(contentType ?? '') ? { form: body } : {}),
    });
    if (!verdict.ok) return plain(problems.unauthorized(), verdict.why);

    const fault = faults.take(method, path);
    const struck = fault && faultAnswer(fault, clock.now());
    if (struck) return { answer: struck.answer, limitHeaders: struck.headers, fault: fault! };
    // What happens without the request being looked at needs no answer; `#write` knows what to do.
    if (fault && ['hang', 'drop', 'bad-gateway-html'].includes(fault.kind)) {
      return { answer: problems.problem(502, 'Bad Gateway'), limitHeaders: {}, fault };
    }

    const { allowed, headers: limitHeaders } = limits.take(resolution.route.limits);
    const withFault = fault === undefined ? {} : { fault };
    if (!allowed) return { answer: problems.tooManyRequests(), limitHeaders, ...withFault };

    const query = new URLSearchParams(queryText);
    const json = method === 'POST' ? recordOf(isJson(contentType) ? parseJson(body) : undefined) : {};
    const user = state.userByName(botUsername);
    let answer: Answer;
    const unknown = [...query.keys()].find((name) => !resolution.route.query.includes(name));
    if (unknown !== undefined) {
      const known = resolution.route.query.join(',');
      answer = problems.invalidRequest(`The query parameter [${unknown}] is not one of [${known}]`, { [unknown]: query.getAll(unknown) });
    } else if (json === undefined) {
      answer = problems.invalidRequest('The body is not a JSON object, or its content-type is not application/json');
    } else if (user === undefined) {
      answer = problems.unauthorized();
    } else {
      const apiRequest: ApiRequest = { atMs: clock.now(), user, params: resolution.params, query, body: json };
      answer = resolution.route.answer(apiRequest, state);
    }
    return { answer, limitHeaders, ...withFault };
  }

  /** Writes the answer, or what the fault makes of it. Returns the status that went out, if one did. */
  #write(response: ServerResponse, { answer, limitHeaders, fault }: Outcome): number | undefined {
    if (fault?.kind === 'hang' || fault?.kind === 'hang-after-accept') return undefined;
    if (fault?.kind === 'drop' || fault?.kind === 'drop-after-accept') {
      response.destroy();
      return undefined;
    }
    if (fault?.kind === 'bad-gateway-html') {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><body><h1>502 Bad Gateway</h1></body></html>');
      return 502;
    }
    const { status } = answer;
    const text = Buffer.from(JSON.stringify(answer.body));
    response.writeHead(status, {
      'content-type': status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8',
      'content-length': text.length,
      ...limitHeaders,
      ...answer.headers,
    });
    if (fault?.kind === 'cut-mid-json') response.write(text.subarray(0, text.length >> 1), () => response.destroy());
    else response.end(text);
    return status;
  }
}
