import fastify, { type FastifyInstance } from 'fastify';
import { isIPv6, type AddressInfo } from 'node:net';
import { AppError, errorText } from '../base/errors.ts';
import { randomHex } from '../base/ids.ts';
import type { ConsoleContext } from './console-context.ts';
import type { ConsoleOptions } from './console-options.ts';
import { FormGuard } from './form-guard.ts';
import { takeForms } from './form-body.ts';
import { addHooks } from './hooks.ts';
import { LateContext } from './late-context.ts';
import { RequestLimit } from './request-limit.ts';
import { addCallbackRoute } from './routes/callback.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addLinkRoutes } from './routes/link.ts';
import { addPageRoutes } from './routes/pages.ts';
import { addUnlinkRoutes } from './routes/unlink.ts';
import { addWebhookRoutes } from './routes/webhook.ts';

/** How long a request may take to arrive whole. */
const REQUEST_MS = 15_000;
const KEEP_ALIVE_MS = 5000;
const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 1000;
/** Log lines a minute about unsigned deliveries of one address. */
const LOGGED_REFUSALS = 5;

/** The small web server: pages for linking accounts, and the webhook of X. */
export class ConsoleServer {
  /** Where browsers reach it: `https://link.example.com`. */
  readonly origin: string;
  /** Where it listens: `http://127.0.0.1:4012`. */
  readonly localUrl: string;
  readonly #app: FastifyInstance;

  private constructor(app: FastifyInstance, parts: { origin: string; localUrl: string }) {
    this.#app = app;
    this.origin = parts.origin;
    this.localUrl = parts.localUrl;
  }

  /** @throws AppError `listen.in-use`, `listen.failed`, `x.misconfigured` */
  static async start(options: ConsoleOptions): Promise<ConsoleServer> {
    const { host, port, publicUrl } = options;
    const app = fastify({
      // Our own line a request, without its address: that may hold a code.
      logger: false,
      trustProxy: [...options.proxies],
      requestIdHeader: false,
      genReqId: () => randomHex(8),
      requestTimeout: REQUEST_MS,
      connectionTimeout: 2 * REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      return503OnClosing: true,
      forceCloseConnections: 'idle',
      http: { maxHeaderSize: MAX_HEADER_BYTES },
    });
    app.server.maxConnections = MAX_CONNECTIONS;
    const late = new LateContext(options);
    addHooks(app, options, late);
    addRoutes(app, options, late);
    // Before the first connection is accepted: with port 0 our own address is known only now.
    app.server.once('listening', () => late.settle(publicUrl ?? addressOf(app.server.address() as AddressInfo)));
    try {
      await app.listen({ host, port });
    } catch (thrown) {
      await app.close();
      throw listenError(host, port, thrown);
    }
    if (late.failure !== undefined) {
      await app.close();
      throw late.failure;
    }
    return new ConsoleServer(app, { origin: late.origin, localUrl: addressOf(app.server.address() as AddressInfo) });
  }

  /** Takes no more connections and finishes the requests that run. */
  async stop(): Promise<void> {
    await this.#app.close();
  }
}

function addRoutes(app: FastifyInstance, options: ConsoleOptions, context: ConsoleContext): void {
  const guard = new FormGuard(context);
  takeForms(app);
  addPageRoutes(app, context);
  addLinkRoutes(app, context, guard);
  addUnlinkRoutes(app, context, guard);
  addCallbackRoute(app, context);
  addHealthRoutes(app, options);
  const { webhook, clock } = options;
  if (webhook !== undefined) {
    const refusedLimit = new RequestLimit({ clock, perMinute: LOGGED_REFUSALS });
    addWebhookRoutes(app, { webhook, clock, refusedLimit, logger: context.logger, counters: context.counters, networkOf: context.networkOf });
  }
}

function addressOf({ address, port }: AddressInfo): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function listenError(host: string, port: number, cause: unknown): AppError {
  const isTaken = (cause as { code?: unknown }).code === 'EADDRINUSE';
  const text = `The console cannot listen on ${host} port ${port}: ${isTaken ? 'another program uses it; set console.port' : errorText(cause)}`;
  return new AppError(isTaken ? 'listen.in-use' : 'listen.failed', text, { cause });
}
