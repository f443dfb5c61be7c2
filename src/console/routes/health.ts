import type { FastifyInstance } from 'fastify';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';

/** `/livez`: the process answers. `/readyz`: it can do its work; otherwise 503, with the reason in the log only. */
export function addHealthRoutes(app: FastifyInstance, { isReady, logger }: { isReady: () => Promise<void>; logger: Logger }): void {
  // However many ask at once, database and queue are asked once.
  let asking: Promise<void> | undefined;
  app.get('/livez', (_, reply) => reply.type('text/plain; charset=utf-8').send('alive\n'));
  app.get('/readyz', async (_, reply) => {
    try {
      asking ??= isReady().finally(() => {
        asking = undefined;
      });
      await asking;
      return reply.type('text/plain; charset=utf-8').send('ready\n');
    } catch (thrown) {
      logger.warn('The console is not ready', { reason: errorText(thrown) });
      return reply.code(503).type('text/plain; charset=utf-8').send('not ready\n');
    }
  });
}
