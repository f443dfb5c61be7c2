/** A webhook as an app would have it, which a test can make answer as it likes. */
import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { TestContext } from 'node:test';
import { SANDBOX_BEARER, SANDBOX_KEYS } from '../../../../src/x/emulator/sandbox-keys.ts';
import { bearerRequest, type RawAnswer, type Sandbox } from '../../sandbox.ts';

export interface Received {
  readonly signature: string;
  readonly body: string;
}

export class WebhookServer {
  readonly url: string;
  readonly received: Received[] = [];
  /** How the next requests are answered; undefined for never. */
  status: number | undefined = 200;
  crc: (token: string) => { status: number; body: string; location?: string } = (token) => ({ status: 200, body: JSON.stringify({ response_token: hmac(token) }) });
  #wake: () => void = () => {};

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}/x/webhook`;
  }

  static async start(t: TestContext): Promise<WebhookServer> {
    const server = http.createServer((request, response) => {
      const token = new URL(request.url!, 'http://x').searchParams.get('crc_token');
      if (request.method === 'GET' && token !== null) {
        const { status, body, location } = self.crc(token);
        response.writeHead(status, location === undefined ? {} : { location }).end(body);
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (self.status !== undefined) response.writeHead(self.status).end();
        self.received.push({ signature: String(request.headers['x-twitter-webhooks-signature']), body: Buffer.concat(chunks).toString('utf8') });
        self.#wake();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const self = new WebhookServer((server.address() as { port: number }).port);
    return self;
  }

  /** Waits until that many requests have come in all. */
  async have(count: number): Promise<readonly Received[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.received;
  }
}

export function hmac(text: string): string {
  return `sha256=${createHmac('sha256', SANDBOX_KEYS.appSecret).update(text).digest('base64')}`;
}

export const asApp = (x: Sandbox, method: string, target: string, body?: object): Promise<RawAnswer> =>
  bearerRequest(x.apiUrl, { token: SANDBOX_BEARER, method, target, ...(body === undefined ? {} : { body }) });

/** Registers the webhook; returns its id. */
export async function register(x: Sandbox, webhook: WebhookServer): Promise<string> {
  return ((await asApp(x, 'POST', '/2/webhooks', { url: webhook.url })).json as { data: { id: string } }).data.id;
}
