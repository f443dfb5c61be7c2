import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorText } from '../../base/errors.ts';
import { isNearHost } from '../api-base.ts';
import { recordOf } from '../json.ts';
import { controlPage } from './control-page.ts';
import { CONTROL_ROUTES } from './control-routes.ts';
import { LiveChanges } from './control/live.ts';
import { refuse, type ControlAnswer } from './control/route.ts';
import { isJson, parseJson, readBody } from './http-body.ts';
import { resolveRoute } from './route.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * The side of the sandbox that tests, the command line and a browser talk to, on a port of its own.
 * It has no login, so it guards itself against what can reach a loopback port without being asked:
 * a web page that names it by a foreign host (DNS rebinding) or that posts a form (no JSON), and a
 * client of X, which always says `Host: api.x.com`.
 */
export class ControlServer {
  readonly server: Server;
  readonly #sandbox: Sandbox;
  readonly #live: LiveChanges;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#live = new LiveChanges(sandbox);
    this.server = createServer((request, response) => {
      this.#serve(request, response).catch((thrown: unknown) => {
        sandbox.logger.debug('Request of the X sandbox control ended early', { reason: errorText(thrown) });
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
    if (path === '/changes' && request.method === 'GET') return this.#live.follow(response);
    if (path === '/' && request.method === 'GET') return this.#page(response);
    this.#write(response, await this.#answer(request, path ?? '', body));
  }

  #answer(request: IncomingMessage, path: string, text: string | undefined): ControlAnswer | Promise<ControlAnswer> {
    const method = request.method ?? '';
    const resolution = resolveRoute(CONTROL_ROUTES, method, path);
    if (resolution === undefined) return refuse(404, 'No such endpoint');
    if ('allowed' in resolution) return refuse(405, 'No such method here');
    if (text === undefined) return refuse(413, 'The body is too large');
    const hasBody = method === 'POST' || method === 'PUT';
    const json = hasBody ? recordOf(isJson(request.headers['content-type']) ? parseJson(text) : undefined) : {};
    if (json === undefined) return refuse(400, 'The body must be a JSON object with content-type application/json');
    return resolution.route.answer(this.#sandbox, json, resolution.params);
  }

  #page(response: ServerResponse): void {
    const html = controlPage(this.#sandbox.state, this.#sandbox.requests.list());
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
