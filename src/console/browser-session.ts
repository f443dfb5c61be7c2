import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleContext } from './console-context.ts';
import { cookieName, readCookie, setCookie } from './cookies.ts';
import type { Session } from './sessions.ts';

const COOKIE = 'sipweet-session';

/** Begins a sign-in at X: what for is kept here, under a cookie that only this browser has. */
export function beginSession(context: ConsoleContext, reply: FastifyReply, session: Session): void {
  const { sessions, signer, isSecure } = context;
  const value = signer.sign('session', sessions.begin(session));
  void reply.header('set-cookie', setCookie({ name: COOKIE, value, maxAgeS: sessions.lifetimeS, isSecure }));
}

/** The session of the browser, with the id under which it is ended. */
export function sessionOf(context: ConsoleContext, request: FastifyRequest): { id: string; session: Session } | undefined {
  const id = context.signer.verify('session', readCookie(request.headers.cookie, cookieName(COOKIE, context)));
  const session = id === undefined ? undefined : context.sessions.find(id);
  return id === undefined || session === undefined ? undefined : { id, session };
}

/** Ends the session here and in the browser. */
export function endSession(context: ConsoleContext, reply: FastifyReply, id: string): void {
  context.sessions.end(id);
  void reply.header('set-cookie', setCookie({ name: COOKIE, value: '', maxAgeS: 0, isSecure: context.isSecure }));
}
