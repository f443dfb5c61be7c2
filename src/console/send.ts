import type { FastifyReply } from 'fastify';
import { errorPage } from './pages/error-page.ts';

export function sendPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(page);
}

/** A failure in plain words. */
export function sendError(reply: FastifyReply, status: number): FastifyReply {
  return sendPage(reply, status, errorPage(status, reply.request.id));
}
