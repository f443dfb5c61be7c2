import type { FastifyInstance } from 'fastify';
import { endSession, sessionOf } from '../browser-session.ts';
import type { ConsoleContext } from '../console-context.ts';
import { finishSignIn } from '../finish-sign-in.ts';
import { resultPage } from '../pages/result-page.ts';
import { sendError, sendPage } from '../send.ts';
import { equalSecrets } from '../signer.ts';

export const CALLBACK_PATH = '/callback';
const MAX_CODE_CHARS = 2048;

/** `/callback`: where X sends the browser back to. `state` binds the answer to the browser that has asked (RFC 6749 §10.12). */
export function addCallbackRoute(app: FastifyInstance, context: ConsoleContext): void {
  const { counters } = context;
  app.get<{ Querystring: Readonly<Record<string, unknown>> }>(CALLBACK_PATH, async (request, reply) => {
    const { signingIn } = context;
    if (signingIn === undefined) return sendError(reply, 404);
    const { state, code, error } = request.query;
    const found = sessionOf(context, request);
    if (found === undefined || typeof state !== 'string' || !equalSecrets(state, found.session.state)) {
      const text = 'This sign-in was used already, has ended, or was begun in another browser. Nothing has changed.';
      return sendPage(reply, 403, resultPage({ isGood: false, title: 'Begin again', text, link: { href: '/link', text: 'To the form' } }));
    }
    // Before anything else: whatever happens now, nobody comes back with it.
    endSession(context, reply, found.id);
    if (error !== undefined || typeof code !== 'string' || code === '' || code.length > MAX_CODE_CHARS) {
      counters.signInsFailed.value += 1;
      const text = error === 'access_denied' ? 'You said no at X. Nothing has changed.' : 'X did not let you sign in. Nothing has changed.';
      return sendPage(reply, 200, resultPage({ isGood: false, title: 'Not signed in', text, link: { href: '/link', text: 'Back to the form' } }));
    }
    counters.signIns.value += 1;
    const { status, result } = await finishSignIn({ context, signingIn, session: found.session, code, requestId: request.id });
    return sendPage(reply, status, resultPage(result));
  });
}
