import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { isNearHost } from '../api-base.ts';
import { recordOf } from '../json.ts';
import { controlPage } from './control-page.ts';
import { CONTROL_ROUTES, type ControlAnswer, type ControlParts } from './control-routes.ts';
import { isJson, parseJson, readBody } from './http-body.ts';
import { matchPath } from './route.ts';

/**
 * The side of the sandbox that tests, the command line and a browser talk to, on a port of its own.
 * It has no login, so it guards itself against what can reach a loopback port without being asked:
 * a web page that names it by a foreign host (DNS rebinding) or that posts a form (no JSON), and a
 * client of X, which always says `Host: api.x.com`.
 */
export class ControlServer {
  readonly server: Server;
  readonly #parts: ControlParts;

  constructor(parts: ControlParts, logger: Logger) {
    this.#parts = parts;
    this.server = createServer((request, response) => {
      this.#serve(request, response).catch((thrown: unknown) => {
        logger.debug('Request of the X sandbox control ended early', { reason: errorText(thrown) });
        response.destroy();
      });
    });
    this.server.maxConnections = 64;
    this.server.headersTimeout = 10_000;
    this.server.requestTimeout = 30_000;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0];
    const body = await readBody(request);
    const host = request.headers.host ?? '';
    if (!isNearHost(host.replace(/:[0-9]*$/, ''))) {
      return this.#write(response, { status: 421, body: { error: 'This is the control port of the X sandbox, not the X API' } });
    }
    if (path === '/' && request.method === 'GET') return this.#page(response);
    this.#write(response, this.#answer(request, path ?? '', body));
  }

  #answer(request: IncomingMessage, path: string, text: string | undefined): ControlAnswer {
    const method = request.method ?? '';
    const fitting = CONTROL_ROUTES.filter((route) => matchPath(route.path, path) !== undefined);
    if (fitting.length === 0) return { status: 404, body: { error: 'No such endpoint' } };
    const route = fitting.find((candidate) => candidate.method === method);
    if (route === undefined) return { status: 405, body: { error: 'No such method here' } };
    if (text === undefined) return { status: 413, body: { error: 'The body is too large' } };
    const json = method === 'POST' ? recordOf(isJson(request.headers['content-type']) ? parseJson(text) : undefined) : {};
    if (json === undefined) return { status: 400, body: { error: 'The body must be a JSON object with content-type application/json' } };
    return route.answer(this.#parts, json, matchPath(route.path, path)!);
  }

  #page(response: ServerResponse): void {
    const html = controlPage(this.#parts.state, this.#parts.requests.list());
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    });
    response.end(html);
  }

  #write(response: ServerResponse, { status, body }: ControlAnswer): void {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  }
}
