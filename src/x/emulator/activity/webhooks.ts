import type { Clock } from '../../../base/clock.ts';
import { isNearHost } from '../../api-base.ts';
import { alarm } from '../alarm.ts';
import type { Snowflakes } from '../snowflake.ts';
import { challenge } from './crc.ts';

/** A registered webhook. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** False after a failed challenge: nothing is delivered until it passes one again. */
  readonly valid: boolean;
  readonly createdAtMs: number;
  readonly validatedAtMs: number;
}

/** X's word for what is wrong, with our reason. */
export interface WebhookRefusal {
  readonly refusal: 'UrlValidationFailed' | 'DuplicateUrlFailed' | 'WebhookLimitExceeded' | 'CrcValidationFailed' | 'WebhookIdInvalid';
  readonly why: string;
}

const MAX_URL_CHARS = 200;
const RECHECK_MS = 3_600_000;
/** How long a webhook that cannot be reached stays valid. */
const GRACE_MS = 28 * 3_600_000;

/**
 * What the sandbox takes as an address. X wants https without a port; here nothing has a certificate
 * and everything a port, so it is http, and for this machine or its private network only.
 */
function urlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (text.length > MAX_URL_CHARS) return `it has more than ${MAX_URL_CHARS} characters`;
  if (url === undefined || url.protocol !== 'http:' || url.hash !== '' || url.username !== '') return 'it is not like http://127.0.0.1:8080/x/webhook';
  return isNearHost(url.hostname) ? undefined : 'the sandbox calls this machine and its private network only';
}

/** The webhooks of the app, with their challenges: when they are made, each hour, and when asked for. */
export class Webhooks {
  readonly #clock: Clock;
  readonly #snowflakes: Snowflakes;
  readonly #appSecret: string;
  readonly #maxWebhooks: number;
  readonly #byId = new Map<string, Webhook>();
  #stopChecking: (() => void) | undefined;

  constructor(parts: { clock: Clock; snowflakes: Snowflakes; appSecret: string; maxWebhooks: number }) {
    this.#clock = parts.clock;
    this.#snowflakes = parts.snowflakes;
    this.#appSecret = parts.appSecret;
    this.#maxWebhooks = parts.maxWebhooks;
  }

  get all(): readonly Webhook[] {
    return [...this.#byId.values()];
  }

  byId(id: string): Webhook | undefined {
    return this.#byId.get(id);
  }

  /** Registers an address that passes the challenge. The limit is looked at first: it hides a duplicate, as on X. */
  async create(url: string): Promise<Webhook | WebhookRefusal> {
    if (this.#byId.size >= this.#maxWebhooks) return { refusal: 'WebhookLimitExceeded', why: `${this.#maxWebhooks} are registered already` };
    if (this.all.some((webhook) => webhook.url === url)) return { refusal: 'DuplicateUrlFailed', why: 'it is registered already' };
    const problem = urlProblem(url);
    if (problem !== undefined) return { refusal: 'UrlValidationFailed', why: problem };
    const result = await challenge(url, { appSecret: this.#appSecret, clock: this.#clock });
    if (result.is !== 'ok') return { refusal: 'CrcValidationFailed', why: result.why };
    const nowMs = this.#clock.now();
    const webhook = { id: this.#snowflakes.next(), url, valid: true, createdAtMs: nowMs, validatedAtMs: nowMs };
    this.#byId.set(webhook.id, webhook);
    if (this.#stopChecking === undefined) this.#checkLater();
    return webhook;
  }

  /** Challenges again; a webhook that passes is valid from then on. */
  async check(id: string): Promise<Webhook | WebhookRefusal> {
    const known = this.#byId.get(id);
    if (known === undefined) return { refusal: 'WebhookIdInvalid', why: 'there is no such webhook' };
    const result = await challenge(known.url, { appSecret: this.#appSecret, clock: this.#clock });
    const nowMs = this.#clock.now();
    const stays = result.is === 'away' && nowMs < known.validatedAtMs + GRACE_MS;
    const checked = { ...known, valid: result.is === 'ok' || (known.valid && stays), validatedAtMs: result.is === 'ok' ? nowMs : known.validatedAtMs };
    if (this.#byId.has(id)) this.#byId.set(id, checked);
    return result.is === 'ok' ? checked : { refusal: 'CrcValidationFailed', why: result.why };
  }

  remove(id: string): boolean {
    return this.#byId.delete(id);
  }

  close(): void {
    this.#stopChecking?.();
  }

  #checkLater(): void {
    this.#stopChecking = alarm(this.#clock, RECHECK_MS, () => {
      for (const id of this.#byId.keys()) void this.check(id);
      this.#checkLater();
    });
  }
}
