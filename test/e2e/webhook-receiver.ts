import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { Webhook } from 'standardwebhooks';

/** A receiver of webhooks as an operator would write it: what is not signed with the secret gets 401 and is not kept. */
export class WebhookReceiver {
  /** Bodies of the deliveries, as JSON. */
  readonly received: unknown[] = [];
  refused = 0;
  readonly secret: string;
  readonly #server: Server;

  private constructor(secret: string) {
    this.secret = secret;
    const webhook = new Webhook(secret);
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        try {
          this.received.push(webhook.verify(body, request.headers as Record<string, string>));
          response.writeHead(204).end();
        } catch {
          this.refused += 1;
          response.writeHead(401).end();
        }
      });
    });
  }

  /** Closed when the test has ended. */
  static async start(t: TestContext, secret: string): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(secret);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    t.after(() => {
      receiver.#server.close();
      receiver.#server.closeAllConnections();
    });
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/sipweet`;
  }
}
