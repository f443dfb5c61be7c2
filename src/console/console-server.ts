import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { isIPv6, type AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { AppError, errorText } from '../base/errors.ts';
import { randomHex } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { LinksTable } from '../db/tables/links.ts';
import type { ConsoleContext, SigningIn } from './console-context.ts';
import { consoleCounters, type ConsoleCounters } from './console-counters.ts';
import { FormGuard } from './form-guard.ts';
import { takeForms } from './form-body.ts';
import type { PasswordCheck } from './password-check.ts';
import { RequestLimit } from './request-limit.ts';
import { addCallbackRoute, CALLBACK_PATH } from './routes/callback.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addLinkRoutes } from './routes/link.ts';
import { addPageRoutes } from './routes/pages.ts';
import { addUnlinkRoutes } from './routes/unlink.ts';
import { addWebhookRoutes, type Webhook } from './routes/webhook.ts';
import { securityHeaders } from './security-headers.ts';
import { sendError } from './send.ts';
import { Sessions } from './sessions.ts';
import { Signer } from './signer.ts';

export interface ConsoleOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Origin as browsers see it; undefined for that of the socket. */
  readonly publicUrl: string | undefined;
  /** Addresses and blocks whose `X-Forwarded-For` is believed. */
  readonly proxies: readonly string[];
  readonly requestsPerMinute: number;
  readonly links: LinksTable;
  readonly passwords: PasswordCheck;
  /** Made when the address is known that X sends browsers back to; undefined when signing in is not set up. */
  readonly signIn: ((redirectUri: string) => SigningIn) | undefined;
  readonly webhook: Webhook | undefined;
  readonly networkOf: (address: string) => string;
  readonly botName: () => string | undefined;
  /** Rejects when the process cannot do its work. */
  readonly isReady: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** How long a request may take to arrive whole. */
const REQUEST_MS = 15_000;
const KEEP_ALIVE_MS = 5000;
const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 1000;
/** Forms and returns from X cost more than pages: so many times fewer. */
const COSTLY_SHARE = 10;
/** Log lines a minute about unsigned deliveries of one address. */
const LOGGED_REFUSALS = 5;
/** Asked by machines that must not be turned away. */
const EXEMPT: ReadonlySet<string> = new Set(['/livez', '/readyz']);

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

/** What the routes share; the parts that hang on our own address are there when the socket is. */
class LateContext implements ConsoleContext {
  readonly isSecure: boolean;
  readonly canSignIn: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: ConsoleCounters;
  readonly signer = new Signer();
  readonly sessions: Sessions;
  readonly links: LinksTable;
  readonly passwords: PasswordCheck;
  readonly costlyLimit: RequestLimit;
  readonly networkOf: (address: string) => string;
  readonly botName: () => string | undefined;
  origin = '';
  signingIn: SigningIn | undefined;
  failure: unknown;
  readonly #signIn: ConsoleOptions['signIn'];

  constructor(options: ConsoleOptions) {
    const { clock, logger, counters, links, passwords, networkOf, botName, publicUrl, signIn, requestsPerMinute } = options;
    this.isSecure = publicUrl?.startsWith('https:') === true;
    this.canSignIn = signIn !== undefined;
    this.clock = clock;
    this.logger = logger;
    this.counters = consoleCounters(counters);
    this.sessions = new Sessions({ clock });
    this.links = links;
    this.passwords = passwords;
    this.costlyLimit = new RequestLimit({ clock, perMinute: Math.max(1, Math.floor(requestsPerMinute / COSTLY_SHARE)) });
    this.networkOf = networkOf;
    this.botName = botName;
    this.#signIn = signIn;
  }

  settle(origin: string): void {
    this.origin = new URL(origin).origin;
    try {
      this.signingIn = this.#signIn?.(`${this.origin}${CALLBACK_PATH}`);
    } catch (thrown) {
      this.failure = thrown;
    }
  }
}

function addHooks(app: FastifyInstance, options: ConsoleOptions, context: ConsoleContext): void {
  const { logger, counters } = context;
  const pageLimit = new RequestLimit({ clock: options.clock, perMinute: options.requestsPerMinute });
  const headers = securityHeaders(context);
  const isExempt = (request: FastifyRequest) => EXEMPT.has(request.routeOptions.url ?? '') || request.routeOptions.url === options.webhook?.path;

  app.addHook('onRequest', async (request, reply) => {
    counters.requests.value += 1;
    void reply.headers({ ...headers, 'x-request-id': request.id });
    if (isExempt(request)) return;
    const network = context.networkOf(request.ip);
    const limits = request.method === 'POST' || request.routeOptions.url === CALLBACK_PATH ? [pageLimit, context.costlyLimit] : [pageLimit];
    const full = limits.find((limit) => !limit.takes(network));
    if (full === undefined) return;
    counters.limited.value += 1;
    return sendError(reply.header('retry-after', full.retryAfterS), 429);
  });
  app.addHook('onResponse', async (request, reply) => {
    if (reply.statusCode >= 500) counters.failures.value += 1;
    logger.debug('Request', {
      requestId: request.id,
      method: request.method,
      // The pattern, not what was asked for: that may hold a code.
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      tookMs: Math.round(reply.elapsedTime),
    });
  });
  app.setErrorHandler((thrown, request, reply) => {
    const { statusCode = 500, code } = thrown as { statusCode?: number; code?: string };
    if (statusCode >= 500) {
      logger.error('A request failed', { requestId: request.id, route: request.routeOptions.url, code, reason: errorText(thrown) });
    }
    return sendError(reply, statusCode >= 400 ? statusCode : 500);
  });
  app.setNotFoundHandler((_, reply) => sendError(reply, 404));
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
