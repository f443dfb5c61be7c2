/** X as far as signing in goes, strict where RFC 6749 and RFC 7636 are: codes, verifiers and refresh tokens work once. */
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import { text } from 'node:stream/consumers';

export interface FakeAccount {
  readonly id: string;
  readonly username: string;
}

export const FAKE_CLIENT = { clientId: 'client-1', clientSecret: 'secret-of-client-1' };

interface Code {
  readonly account: FakeAccount;
  readonly redirectUri: string;
  readonly challenge: string;
}

export class FakeX {
  readonly url: string;
  /** Who sits in front of the browser. */
  account: FakeAccount = { id: '7', username: 'Bob_Example' };
  /** What `users/me` answers instead. */
  meStatus = 200;
  /** Bodies of the requests to the token endpoint. */
  readonly exchanges: Readonly<Record<string, unknown>>[] = [];
  readonly revoked: string[] = [];
  readonly #server: http.Server;
  readonly #codes = new Map<string, Code>();
  readonly #access = new Map<string, FakeAccount>();
  readonly #refresh = new Map<string, FakeAccount>();

  private constructor(server: http.Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => void this.#answer(request, response));
  }

  static async start(): Promise<FakeX> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeX(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The person says yes: where the browser is sent. Throws when the question is not one that X would ask. */
  allow(authorizeUrl: string): string {
    const url = new URL(authorizeUrl);
    const value = (name: string) => url.searchParams.get(name) ?? '';
    if (url.origin !== this.url || url.pathname !== '/i/oauth2/authorize') throw new Error(`not our page: ${authorizeUrl}`);
    const wrong = [
      value('client_id') === FAKE_CLIENT.clientId,
      value('response_type') === 'code',
      value('code_challenge_method') === 'S256',
      value('code_challenge').length === 43,
      value('state').length >= 22,
      value('scope') === 'tweet.read users.read offline.access',
    ].includes(false);
    if (wrong) throw new Error(`X would refuse ${authorizeUrl}`);
    const code = secret();
    this.#codes.set(code, { account: this.account, redirectUri: value('redirect_uri'), challenge: value('code_challenge') });
    const back = new URL(value('redirect_uri'));
    back.searchParams.set('state', value('state'));
    back.searchParams.set('code', code);
    return back.href;
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await text(request);
    const { status, json } = this.#route(request, body);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(json));
  }

  #route(request: http.IncomingMessage, body: string): { status: number; json: unknown } {
    const { authorization = '' } = request.headers;
    if (request.url === '/2/users/me') {
      const account = this.#access.get(authorization.replace(/^Bearer /, ''));
      if (account === undefined || this.meStatus !== 200) {
        const status = account === undefined ? 401 : this.meStatus;
        return { status, json: { title: 'Error', detail: 'Not now', status } };
      }
      return { status: 200, json: { data: { ...account, name: account.username } } };
    }
    const basic = `Basic ${Buffer.from(`${FAKE_CLIENT.clientId}:${FAKE_CLIENT.clientSecret}`).toString('base64')}`;
    if (authorization !== basic) return refuse(401, 'unauthorized_client', 'Missing valid authorization header');
    const fields = JSON.parse(body) as Record<string, string>;
    if (request.url === '/2/oauth2/revoke') {
      this.revoked.push(fields.token!);
      this.#access.delete(fields.token!);
      return { status: 200, json: { revoked: true } };
    }
    if (request.url !== '/2/oauth2/token') return { status: 404, json: {} };
    this.exchanges.push(fields);
    if (fields.grant_type === 'refresh_token') {
      const account = this.#refresh.get(fields.refresh_token!);
      this.#refresh.delete(fields.refresh_token!);
      return account === undefined ? refuse(400, 'invalid_request', 'Value passed for the token was invalid.') : this.#pair(account);
    }
    const code = this.#codes.get(fields.code!);
    this.#codes.delete(fields.code!);
    const challenge = createHash('sha256').update(fields.code_verifier ?? '').digest('base64url');
    if (code === undefined || code.redirectUri !== fields.redirect_uri || code.challenge !== challenge) {
      return refuse(400, 'invalid_request', 'Value passed for the authorization code was invalid.');
    }
    return this.#pair(code.account);
  }

  #pair(account: FakeAccount): { status: number; json: unknown } {
    const [access, refresh] = [secret(), secret()];
    this.#access.set(access, account);
    this.#refresh.set(refresh, account);
    return {
      status: 200,
      json: { token_type: 'bearer', expires_in: 7200, access_token: access, refresh_token: refresh, scope: 'tweet.read users.read offline.access' },
    };
  }
}

const secret = () => randomBytes(24).toString('base64url');

function refuse(status: number, error: string, description: string): { status: number; json: unknown } {
  return { status, json: { error, error_description: description } };
}
