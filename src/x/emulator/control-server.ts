import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorText } from '../../base/errors.ts';
import { isNearHost } from '../api-base.ts';
import { recordOf } from '../json.ts';
import { CONTROL_ROUTES } from './control-routes.ts';
import { LiveChanges } from './control/live.ts';
import { refuse, type ControlAnswer } from './control/route.ts';
import { isJson, parseJson, readBody } from './http-body.ts';
import { PAGE_HEADERS, pageFile } from './page/files.ts';
import { resolveRoute } from './route.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * The side of the sandbox that tests, the command line and a browser talk to, on a port of its own.
 * It has no login, so it guards itself against what can reach a loopback port without being asked:
 * a web page that names it by a foreign host (DNS rebinding), that posts a form (no JSON) or that
 * calls it from another origin, and a client of X, which always says `Host: api.x.com`.
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
    const [path = '', queryText = ''] = (request.url ?? '').split(/\?(.*)/s);
    const body = await readBody(request);
    const stranger = strangerOf(request, path);
    if (stranger !== undefined) return this.#write(response, stranger);
    if (request.method === 'GET') {
      if (path === '/changes') return this.#live.follow(response);
      const file = pageFile(path, new URLSearchParams(queryText), this.#sandbox);
      if (file !== undefined) return void response.writeHead(200, { 'content-type': file.type, ...PAGE_HEADERS }).end(file.text);
    }
    this.#write(response, await this.#answer(request, path, body));
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

  #write(response: ServerResponse, { status, body }: ControlAnswer): void {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  }
}

/** The refusal for a request that no program of this machine and no page of ours has sent. */
function strangerOf({ headers }: IncomingMessage, path: string): ControlAnswer | undefined {
  const { host = '', origin } = headers;
  if (!isNearHost(host.replace(/:[0-9]*$/, ''))) return refuse(421, 'This is the control port of the X sandbox, not the X API');
  if (origin !== undefined && origin !== `http://${host}`) return refuse(403, 'The sandbox takes nothing from pages of other sites');
  // A link on another page may lead to ours; nothing else of a browser comes from elsewhere.
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  return isOwn || path === '/' ? undefined : refuse(403, 'The sandbox takes nothing from pages of other sites');
}
