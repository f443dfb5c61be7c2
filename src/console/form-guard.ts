import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomHex } from '../base/ids.ts';
import { cookieName, readCookie, setCookie } from './cookies.ts';
import type { ConsoleContext } from './console-context.ts';
import { equalSecrets } from './signer.ts';

const COOKIE = 'sipweet-form';
const LIFETIME_S = 3600;

/**
 * Keeps other web pages from sending our forms: a form holds the signature of a random cookie, which
 * another page can neither read nor guess. Browsers also say where a request comes from, which is
 * believed when it is a no.
 */
export class FormGuard {
  readonly #context: ConsoleContext;

  constructor(context: ConsoleContext) {
    this.#context = context;
  }

  /** The token for a form on a page that goes out with this reply. */
  issue(request: FastifyRequest, reply: FastifyReply): string {
    const { signer, isSecure } = this.#context;
    let seed = signer.verify('form-cookie', this.#cookieOf(request));
    if (seed === undefined) {
      seed = randomHex(16);
      void reply.header('set-cookie', setCookie({ name: COOKIE, value: signer.sign('form-cookie', seed), maxAgeS: LIFETIME_S, isSecure }));
    }
    return signer.sign('form', seed);
  }

  /** Whether a form was sent from a page of ours by the browser that the page was shown to; what was not is counted. */
  accepts(request: FastifyRequest, fields: URLSearchParams): boolean {
    const isOurs = this.#isFromOurPage(request, fields);
    if (!isOurs) this.#context.counters.forged.value += 1;
    return isOurs;
  }

  #isFromOurPage(request: FastifyRequest, fields: URLSearchParams): boolean {
    const { origin, signer } = this.#context;
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') return false;
    if (request.headers.origin !== undefined && request.headers.origin !== origin) return false;
    const seed = signer.verify('form-cookie', this.#cookieOf(request));
    return seed !== undefined && equalSecrets(signer.sign('form', seed), fields.get('token') ?? '');
  }

  #cookieOf(request: FastifyRequest): string | undefined {
    return readCookie(request.headers.cookie, cookieName(COOKIE, this.#context));
  }
}
