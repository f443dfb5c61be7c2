import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Bytes of a form: a password of the greatest length, percent-encoded, and room to spare. */
const MAX_FORM_BYTES = 8192;

/** Forms are the only bodies that pages take; all else is answered 415. */
export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: MAX_FORM_BYTES }, (_, body, done) =>
    done(null, new URLSearchParams(body as string)),
  );
}

/** The fields of a form; none when there was no body. */
export function fieldsOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
}
