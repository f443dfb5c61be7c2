import type { FastifyInstance } from 'fastify';
import type { ConsoleContext } from '../console-context.ts';
import { homePage } from '../pages/home-page.ts';
import { STYLE } from '../pages/style.ts';

/** `/` and the stylesheet of all pages. */
export function addPageRoutes(app: FastifyInstance, { botName }: ConsoleContext): void {
  app.get('/', (_, reply) => reply.type('text/html; charset=utf-8').send(homePage(botName())));
  app.get('/style.css', (_, reply) => reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(STYLE));
}
