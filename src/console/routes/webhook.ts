import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { endedWithin } from '../../jobs/bullmq/deadline.ts';
import type { ConsoleCounters } from '../console-counters.ts';
import type { RequestLimit } from '../request-limit.ts';

/** What X and we agree on about deliveries, and who takes them in. */
export interface Webhook {
  /** `/x/webhook` */
  readonly path: string;
  /** The answer to X's check that this endpoint is ours; undefined for a token that X would not send. */
  answerCheck(token: unknown): string | undefined;
  /** Whether X signed these bytes. */
  isSigned(body: Uint8Array, signature: unknown): boolean;
  /** Resolves when what was delivered is durable. */
  take(body: unknown): Promise<void>;
}

const SIGNATURE_HEADER = 'x-twitter-webhooks-signature';
const MAX_BODY_BYTES = 1024 * 1024;
/** X waits ten seconds; behind that it would come again while we are still at it. */
const TAKE_MS = 8000;
/** Deliveries at a time; past it X is told to come again. */
const MAX_RUNNING = 64;

/**
 * `GET` and `POST` on the path of the webhook. 200 means that the commands in it are stored; after any other answer
 * X delivers again, and the polling of mentions and messages finds what X gives up on.
 *
 * @param refusedLimit  how many requests without a signature an address may make
 */
export function addWebhookRoutes(
  app: FastifyInstance,
  parts: { webhook: Webhook; clock: Clock; logger: Logger; counters: ConsoleCounters; refusedLimit: RequestLimit; networkOf: (address: string) => string },
): void {
  const { webhook, clock, logger, counters, refusedLimit, networkOf } = parts;
  let running = 0;

  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The signature is over the bytes as they came.
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_, body, done) => done(null, body));

    scope.get<{ Querystring: { crc_token?: unknown } }>(webhook.path, (request, reply) => {
      const token = webhook.answerCheck(request.query.crc_token);
      if (token !== undefined) return reply.send({ response_token: token });
      counters.webhookRefused.value += 1;
      return reply.code(400).send({ error: 'crc_token is missing or has a form that X does not send' });
    });

    scope.post(webhook.path, async (request, reply) => {
      const body = request.body instanceof Uint8Array ? request.body : Buffer.alloc(0);
      if (!webhook.isSigned(body, request.headers[SIGNATURE_HEADER])) {
        counters.webhookRefused.value += 1;
        if (refusedLimit.takes(networkOf(request.ip))) logger.warn('A delivery is not signed by X', { requestId: request.id, address: request.ip });
        return reply.code(403).send({ error: 'the signature is missing or wrong' });
      }
      const json = parseJson(body);
      if (json === undefined) return reply.code(400).send({ error: 'the body is not JSON' });
      if (running >= MAX_RUNNING) return reply.code(503).send({ error: 'too many deliveries at once' });
      running += 1;
      let failure: unknown;
      const taken = webhook.take(json).catch((thrown: unknown) => {
        failure = thrown ?? 'unknown';
      }).finally(() => {
        running -= 1;
      });
      const inTime = await endedWithin(clock, TAKE_MS, taken);
      if (inTime && failure === undefined) {
        counters.webhookTaken.value += 1;
        return reply.send({});
      }
      counters.webhookFailed.value += 1;
      logger.error('A delivery of X was not stored; X sends it again', { requestId: request.id, reason: inTime ? errorText(failure) : `not within ${TAKE_MS} ms` });
      return reply.code(503).send({ error: 'not stored' });
    });
  });
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
