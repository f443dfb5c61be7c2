import { idOf, recordOf, textOf } from '../../json.ts';
import { isEventType, scopeOf } from '../activity/event-types.ts';
import type { Subscription } from '../activity/subscriptions.ts';
import { forbidden, invalidRequest, problem, type Answer } from '../problems.ts';
import type { ApiRequest, Route } from '../route.ts';
import type { Sandbox } from '../sandbox.ts';

const PATH = '/2/activity/subscriptions';
const MAX_TAG_CHARS = 200;
/** X takes every login for the making of a subscription, and the app's own for all that comes after. */
const AS_APP = { limits: 'subscriptions', query: [], auth: ['app'], scopes: [] } as const;

function show({ id, eventType, userId, direction, tag, webhookId, createdAtMs, updatedAtMs }: Subscription): object {
  return {
    subscription_id: id,
    event_type: eventType,
    filter: { user_id: userId, ...(direction === undefined ? {} : { direction }) },
    created_at: new Date(createdAtMs).toISOString(),
    updated_at: new Date(updatedAtMs).toISOString(),
    ...(tag === undefined ? {} : { tag }),
    ...(webhookId === undefined ? {} : { webhook_id: webhookId }),
  };
}

const meta = ({ activity }: Sandbox) => ({ total_subscriptions: activity.subscriptions.all.length });
const notFound = (): Answer => problem(404, 'Not Found', 'There is no such subscription');

/** The tag and the webhook of a body, or what is wrong with them. */
function deliveryOf(body: ApiRequest['body'], { activity }: Sandbox): { tag: string | undefined; webhookId: string | undefined } | Answer {
  const tag = textOf(body['tag']);
  const webhookId = idOf(body['webhook_id']);
  if (body['tag'] !== undefined && (tag === undefined || tag === '' || tag.length > MAX_TAG_CHARS)) {
    return invalidRequest(`$.tag: must have 1 to ${MAX_TAG_CHARS} characters`);
  }
  if (body['webhook_id'] !== undefined && (webhookId === undefined || activity.webhooks.byId(webhookId) === undefined)) {
    return invalidRequest('$.webhook_id: there is no such webhook');
  }
  return { tag, webhookId };
}

/** Whether the caller may hear of private events of that user: the user's own token or signature, or the app with a token of the user. */
function isAllowed({ caller }: ApiRequest, userId: string, eventType: string, { tokens, bot }: Sandbox): boolean {
  const scope = scopeOf(eventType);
  if (scope === undefined) return true;
  if (caller.kind !== 'app') return caller.user.id === userId && (caller.scopes === undefined || caller.scopes.has(scope));
  return userId === bot.id || tokens.allows(userId, scope);
}

/** `POST /2/activity/subscriptions` */
export const createSubscription: Route = {
  limits: 'subscriptions',
  method: 'POST',
  path: PATH,
  query: [],
  auth: ['oauth1', 'oauth2', 'app'],
  scopes: [],
  answer(request, sandbox) {
    const { body } = request;
    const eventType = textOf(body['event_type']) ?? '';
    const filter = recordOf(body['filter']);
    const userId = idOf(filter?.['user_id']);
    const direction = filter?.['direction'];
    if (!isEventType(eventType)) return invalidRequest(`$.event_type: does not have a value in the enumeration [${eventType}]`);
    if (userId === undefined) return invalidRequest('$.filter.user_id: is not an id');
    if (direction !== undefined && direction !== 'inbound' && direction !== 'outbound') return invalidRequest('$.filter.direction: is inbound or outbound');
    const delivery = deliveryOf(body, sandbox);
    if ('status' in delivery) return delivery;
    if (!isAllowed(request, userId, eventType, sandbox)) return { ...forbidden('Forbidden'), why: 'the user has not allowed the app this' };
    const added = sandbox.activity.subscriptions.add({ eventType, userId, direction, ...delivery });
    if (added === 'duplicate') return invalidRequest('DuplicateSubscriptionFailed: Subscription already exists');
    if (added === 'too-many') return invalidRequest('SubscriptionLimitExceeded: The app has all the subscriptions that it may have');
    const { shape } = sandbox.activity;
    const data = shape === 'list' ? [show(added)] : shape === 'nested' ? { subscription: show(added) } : show(added);
    return { status: 200, body: { data, meta: meta(sandbox) } };
  },
};

/** `GET /2/activity/subscriptions` */
export const listSubscriptions: Route = {
  ...AS_APP,
  method: 'GET',
  path: PATH,
  answer: (_request, sandbox) => ({ status: 200, body: { data: sandbox.activity.subscriptions.all.map(show), meta: meta(sandbox) } }),
};

/** `PUT /2/activity/subscriptions/:id`: another tag or webhook. */
export const changeSubscription: Route = {
  ...AS_APP,
  method: 'PUT',
  path: `${PATH}/:id`,
  answer({ body, params }, sandbox) {
    const delivery = deliveryOf(body, sandbox);
    if ('status' in delivery) return delivery;
    const { tag, webhookId } = delivery;
    const change = { ...(tag === undefined ? {} : { tag }), ...(webhookId === undefined ? {} : { webhookId }) };
    const changed = sandbox.activity.subscriptions.change(params['id']!, change);
    return changed === undefined ? notFound() : { status: 200, body: { data: show(changed), meta: meta(sandbox) } };
  },
};

/** `DELETE /2/activity/subscriptions/:id` */
export const deleteSubscription: Route = {
  ...AS_APP,
  method: 'DELETE',
  path: `${PATH}/:id`,
  answer({ params }, sandbox) {
    if (!sandbox.activity.subscriptions.remove(params['id']!)) return notFound();
    return { status: 200, body: { data: { deleted: true }, meta: meta(sandbox) } };
  },
};

/** `GET /2/activity/stream` */
export const activityStream: Route = {
  limits: 'activity-stream',
  method: 'GET',
  path: '/2/activity/stream',
  query: ['backfill_minutes', 'start_time', 'end_time'],
  auth: ['app'],
  scopes: [],
  answer({ query }, { activity }) {
    return activity.stream.refusal ?? { status: 200, open: (response) => activity.stream.open(response, query) };
  },
};
