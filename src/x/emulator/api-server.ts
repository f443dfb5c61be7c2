import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorText } from '../../base/errors.ts';
import { alarm } from './alarm.ts';
import { answerApiRequest } from './api-request.ts';
import { API_ROUTES, OPEN_ROUTES } from './api-routes.ts';
import { faultAnswer } from './fault-answer.ts';
import { readBody } from './http-body.ts';
import type { Outcome } from './outcome.ts';
import * as problems from './problems.ts';
import { resolveRoute, type OpenRoute } from './route.ts';
import type { Sandbox } from './sandbox.ts';

const DEFAULT_DELAY_MS = 1000;

/** The side of the sandbox that X's clients talk to. */
export class ApiServer {
  readonly server: Server;
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.server = createServer((request, response) => {
      this.#serve(request, response).catch((thrown: unknown) => {
        sandbox.logger.debug('Request of the X sandbox ended early', { reason: errorText(thrown) });
        response.destroy();
      });
    });
    this.server.maxConnections = 256;
    this.server.headersTimeout = 10_000;
    this.server.requestTimeout = 30_000;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedAtMs = this.#sandbox.clock.now();
    const body = await readBody(request);
    const outcome = await this.#outcome(request, body);
    const { fault } = outcome;
    const cost = this.#book(outcome);
    if (fault?.kind === 'slow') {
      this.#record(request, body, outcome, { arrivedAtMs, status: outcome.answer.status, cost });
      alarm(this.#sandbox.clock, fault.delayMs ?? DEFAULT_DELAY_MS, () => this.#write(response, outcome));
      return;
    }
    this.#record(request, body, outcome, { arrivedAtMs, status: this.#write(response, outcome), cost });
  }

  #outcome(request: IncomingMessage, body: string | undefined): Promise<Outcome> | Outcome {
    const method = request.method ?? '';
    const [path = '', queryText = ''] = (request.url ?? '').split(/\?(.*)/s);
    const plain = (answer: problems.Answer, why?: string): Outcome => ({ answer, limitHeaders: {}, ...(why === undefined ? {} : { why }) });

    const open = resolveRoute(OPEN_ROUTES, method, path);
    const resolution = open ?? resolveRoute(API_ROUTES, method, path);
    if (resolution === undefined) return plain(problems.problem(404, 'Not Found'), 'no such endpoint');
    if ('allowed' in resolution) {
      const refusal = problems.problem(405, 'Method Not Allowed');
      return plain({ ...refusal, headers: { allow: resolution.allowed.join(', ') } });
    }
    if (body === undefined) return plain(problems.problem(413, 'Payload Too Large'));
    const { route, params } = resolution;
    return 'limits' in route
      ? answerApiRequest({ request, route, params, path, queryText, body }, this.#sandbox)
      : this.#signIn(request, route, queryText, body);
  }

  /** The endpoints of the sign-in take faults as the others do. */
  #signIn(request: IncomingMessage, route: OpenRoute, queryText: string, body: string): Outcome {
    const { faults, clock } = this.#sandbox;
    const fault = faults.take(route.method, route.path);
    const struck = fault && faultAnswer(fault, clock.now());
    if (struck) return { answer: struck.answer, limitHeaders: struck.headers, fault: fault! };
    if (fault && ['hang', 'drop', 'bad-gateway-html'].includes(fault.kind)) {
      return { answer: problems.problem(502, 'Bad Gateway'), limitHeaders: {}, fault };
    }
    const answer = route.answer({ query: new URLSearchParams(queryText), headers: request.headers, body }, this.#sandbox);
    return { answer, limitHeaders: {}, ...(fault === undefined ? {} : { fault }) };
  }

  /** What is done is billed, whether its answer arrives or not. */
  #book({ answer, endpoint }: Outcome): number {
    if (endpoint === undefined) return 0;
    return this.#sandbox.spend.book(endpoint, 'charges' in answer ? (answer.charges ?? []) : []);
  }

  #record(request: IncomingMessage, body: string | undefined, outcome: Outcome, result: { arrivedAtMs: number; status: number | undefined; cost: number }): void {
    const { caller, fault, why } = outcome;
    const record = {
      arrivedAtMs: result.arrivedAtMs,
      atMs: this.#sandbox.clock.now(),
      method: request.method ?? '',
      ...withoutSecrets(request.url ?? '', body ?? ''),
      ...(result.status === undefined ? {} : { status: result.status }),
      ...(caller === undefined ? {} : { auth: caller.kind, user: caller.user.username }),
      costMicroUsd: result.cost,
      ...(fault === undefined ? {} : { fault: fault.kind }),
      ...(why === undefined ? {} : { why }),
    };
    this.#sandbox.requests.add(record);
    const { method, target, status, auth } = record;
    this.#sandbox.logger.debug('X sandbox request', { method, target, status, auth, fault: fault?.kind, why });
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
    if (fault?.kind === 'accept-then-close') {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      response.end(() => response.destroy());
      return 200;
    }
    const { status } = answer;
    if ('open' in answer) {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...limitHeaders });
      answer.open(response);
      return status;
    }
    const isPage = 'html' in answer;
    const text = Buffer.from(isPage ? answer.html : JSON.stringify(answer.body));
    response.writeHead(status, {
      'content-type': isPage ? 'text/html; charset=utf-8' : status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8',
      'content-length': text.length,
      'cache-control': 'no-store',
      ...limitHeaders,
      ...answer.headers,
    });
    if (fault?.kind === 'cut-mid-json') response.write(text.subarray(0, text.length >> 1), () => response.destroy());
    else response.end(text);
    return status;
  }
}

const SECRETS = /("?\b(?:code|code_verifier|refresh_token|access_token|token|client_secret)"?\s*[=:]\s*"?)[^&"\s]+/g;

/** Target and body for the log: of the sign-in without codes, tokens and secrets. */
function withoutSecrets(target: string, body: string): { target: string; body: string } {
  return /^[^?]*\/oauth2\//.test(target) ? { target: target.replace(SECRETS, '$1…'), body: body.replace(SECRETS, '$1…') } : { target, body };
}
