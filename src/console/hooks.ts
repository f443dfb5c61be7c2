import type { FastifyInstance, FastifyRequest } from 'fastify';
import { errorText } from '../base/errors.ts';
import type { ConsoleContext } from './console-context.ts';
import type { ConsoleOptions } from './console-options.ts';
import { RequestLimit } from './request-limit.ts';
import { CALLBACK_PATH } from './routes/callback.ts';
import { securityHeaders } from './security-headers.ts';
import { sendError } from './send.ts';

/** Asked by machines that must not be turned away. */
const EXEMPT: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/** What happens to every request: headers, limits, one line in the log, failures in plain words. */
export function addHooks(app: FastifyInstance, options: ConsoleOptions, context: ConsoleContext): void {
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
