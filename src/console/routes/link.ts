import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readLinkCode } from '../../db/tables/link-code.ts';
import { beginSession, sessionOf } from '../browser-session.ts';
import type { ConsoleContext, SigningIn } from '../console-context.ts';
import type { FormGuard } from '../form-guard.ts';
import { fieldsOf } from '../form-body.ts';
import { linkPage, type LinkFields } from '../pages/link-page.ts';
import { resultPage } from '../pages/result-page.ts';
import { signInPage } from '../pages/sign-in-page.ts';
import { sendError, sendPage } from '../send.ts';
import type { Proof } from '../sessions.ts';

const MAX_CODE_CHARS = 64;
const MAX_NAME_CHARS = 64;
const MAX_PASSWORD_CHARS = 256;

/** `/link`: which SIP user somebody is, by code or password; `/sign-in`: the last page before X. */
export function addLinkRoutes(app: FastifyInstance, context: ConsoleContext, guard: FormGuard): void {
  const { botName, canSignIn } = context;
  const show = (request: FastifyRequest, reply: FastifyReply, fields: Partial<LinkFields>) => {
    const { code = '', sipUser = '', problem } = fields;
    const formToken = guard.issue(request, reply);
    const status = problem === undefined ? 200 : 403;
    return sendPage(reply, status, linkPage({ formToken, code, sipUser, problem, botName: botName(), canSignIn }));
  };

  app.get<{ Querystring: { code?: unknown } }>('/link', (request, reply) => {
    const { code } = request.query;
    // A link from the operator fills in the code; it is the person who sends it.
    return show(request, reply, { code: typeof code === 'string' ? code.slice(0, MAX_CODE_CHARS) : '' });
  });

  app.post('/link', async (request, reply) => {
    const fields = fieldsOf(request);
    const { signingIn } = context;
    if (signingIn === undefined) return sendError(reply, 404);
    if (!guard.accepts(request, fields)) return sendError(reply, 403);
    if (fields.has('user')) {
      const sipUser = (fields.get('user') ?? '').trim();
      if (await isRightPassword(context, request, sipUser, fields.get('password') ?? '')) return begin(reply, context, signingIn, { sipUser, code: undefined });
      return show(request, reply, { sipUser: sipUser.slice(0, MAX_NAME_CHARS), problem: 'password' });
    }
    const typed = (fields.get('code') ?? '').slice(0, MAX_CODE_CHARS + 1);
    const code = readLinkCode(typed);
    const sipUser = code === undefined ? undefined : await context.links.userOfCode(code);
    if (sipUser === undefined) return show(request, reply, { code: typed.slice(0, MAX_CODE_CHARS), problem: 'code' });
    return begin(reply, context, signingIn, { sipUser, code });
  });

  app.get('/sign-in', (request, reply) => {
    const found = sessionOf(context, request);
    if (found === undefined) {
      const text = 'This sign-in has ended, or was begun in another browser.';
      return sendPage(reply, 403, resultPage({ isGood: false, title: 'Begin again', text, link: { href: '/link', text: 'To the form' } }));
    }
    const { session } = found;
    return sendPage(reply, 200, signInPage({ sipUser: session.purpose === 'link' ? session.proof.sipUser : undefined, url: session.url }));
  });
}

async function isRightPassword(context: ConsoleContext, request: FastifyRequest, sipUser: string, password: string): Promise<boolean> {
  const isPossible = sipUser !== '' && sipUser.length <= MAX_NAME_CHARS && password.length <= MAX_PASSWORD_CHARS;
  const isRight = isPossible && (await context.passwords.isRight({ sipUser, password, address: request.ip }));
  if (!isRight) context.counters.wrongPasswords.value += 1;
  return isRight;
}

function begin(reply: FastifyReply, context: ConsoleContext, { x }: SigningIn, proof: Proof): FastifyReply {
  beginSession(context, reply, { purpose: 'link', proof, ...x.begin() });
  return reply.redirect('/sign-in', 303);
}
