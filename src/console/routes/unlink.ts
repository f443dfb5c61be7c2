import type { FastifyInstance } from 'fastify';
import { beginSession } from '../browser-session.ts';
import type { ConsoleContext } from '../console-context.ts';
import type { FormGuard } from '../form-guard.ts';
import { fieldsOf } from '../form-body.ts';
import { unlinkPage } from '../pages/unlink-page.ts';
import { sendError, sendPage } from '../send.ts';

/** `/unlink`: the end of a link by the owner of the X account. */
export function addUnlinkRoutes(app: FastifyInstance, context: ConsoleContext, guard: FormGuard): void {
  const { botName, canSignIn } = context;
  app.get('/unlink', (request, reply) =>
    sendPage(reply, 200, unlinkPage({ formToken: guard.issue(request, reply), botName: botName(), canSignIn })),
  );
  app.post('/unlink', (request, reply) => {
    const fields = fieldsOf(request);
    const { signingIn } = context;
    if (signingIn === undefined) return sendError(reply, 404);
    if (!guard.accepts(request, fields)) return sendError(reply, 403);
    beginSession(context, reply, { purpose: 'unlink', ...signingIn.x.begin() });
    return reply.redirect('/sign-in', 303);
  });
}
