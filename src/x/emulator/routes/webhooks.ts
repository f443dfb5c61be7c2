import { textOf } from '../../json.ts';
import type { Webhook, WebhookRefusal } from '../activity/webhooks.ts';
import { invalidRequest, type Answer } from '../problems.ts';
import type { Route } from '../route.ts';

const PATH = '/2/webhooks';
const ACCESS = { limits: 'webhooks', query: [], auth: ['app'], scopes: [] } as const;

const show = ({ id, url, valid, createdAtMs }: Webhook) => ({ id, url, valid, created_at: new Date(createdAtMs).toISOString() });
const refused = ({ refusal, why }: WebhookRefusal): Answer => invalidRequest(`${refusal}: ${why}`);

/** `POST /2/webhooks`: the challenge runs inside the call. */
export const createWebhook: Route = {
  ...ACCESS,
  method: 'POST',
  path: PATH,
  async answer({ body }, { activity }) {
    const result = await activity.webhooks.create(textOf(body['url']) ?? '');
    return 'refusal' in result ? refused(result) : { status: 200, body: { data: show(result) } };
  },
};

/** `GET /2/webhooks` */
export const listWebhooks: Route = {
  ...ACCESS,
  method: 'GET',
  path: PATH,
  answer(_request, { activity }) {
    const data = activity.webhooks.all.map(show);
    return { status: 200, body: { data, meta: { result_count: data.length } } };
  },
};

/** `PUT /2/webhooks/:id`: challenges again. */
export const checkWebhook: Route = {
  ...ACCESS,
  method: 'PUT',
  path: `${PATH}/:id`,
  isBodiless: true,
  async answer({ params }, { activity }) {
    const result = await activity.webhooks.check(params['id']!);
    return 'refusal' in result ? refused(result) : { status: 200, body: { data: { valid: result.valid } } };
  },
};

/** `DELETE /2/webhooks/:id` */
export const deleteWebhook: Route = {
  ...ACCESS,
  method: 'DELETE',
  path: `${PATH}/:id`,
  answer({ params }, { activity }) {
    if (!activity.webhooks.remove(params['id']!)) return refused({ refusal: 'WebhookIdInvalid', why: 'there is no such webhook' });
    return { status: 200, body: { data: { deleted: true } } };
  },
};
