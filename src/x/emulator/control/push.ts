import { STREAM_ACTS, type StreamAct } from '../stream/line-stream.ts';
import { ok, refuse, type ControlRoute } from './route.ts';

/** Streams, webhooks and subscriptions: what they hold, and how to make them misbehave. */
export const PUSH_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/streams',
    answer: ({ streams }) => ok(streams.map(({ name, connections }) => ({ name, connections: connections.map(({ id, connectedAtMs }) => ({ id, connectedAtMs })) }))),
  },
  {
    method: 'POST',
    path: '/streams/:name',
    answer({ streams }, { act }, params) {
      const stream = streams.find(({ name }) => name === params['name']);
      if (stream === undefined) return refuse(404, `Streams are ${streams.map(({ name }) => name).join(', ')}`);
      if (!STREAM_ACTS.includes(act as StreamAct)) return refuse(400, `act is one of ${STREAM_ACTS.join(', ')}`);
      stream.act(act as StreamAct);
      return ok({ act, connections: stream.connections.length });
    },
  },
  { method: 'GET', path: '/subscriptions', answer: ({ activity }) => ok(activity.subscriptions.all) },
  {
    // How a new subscription is answered, of the three shapes that X documents.
    method: 'POST',
    path: '/subscriptions',
    answer({ activity }, { shape }) {
      if (shape !== 'list' && shape !== 'plain' && shape !== 'nested') return refuse(400, 'shape is list, plain or nested');
      activity.shape = shape;
      return ok({ shape });
    },
  },
  { method: 'GET', path: '/webhooks', answer: ({ activity }) => ok(activity.webhooks.all) },
  { method: 'GET', path: '/deliveries', answer: ({ activity }) => ok(activity.deliveries.all) },
  {
    method: 'POST',
    path: '/deliveries/hold',
    answer({ activity }) {
      activity.deliveries.hold();
      return ok({});
    },
  },
  {
    method: 'POST',
    path: '/deliveries/release',
    async answer({ activity }, { reversed, twice }) {
      await activity.deliveries.release({ reversed: reversed === true, twice: twice === true });
      return ok(activity.deliveries.all);
    },
  },
  {
    method: 'POST',
    path: '/deliveries/repeat',
    async answer({ activity }) {
      return (await activity.deliveries.repeat()) ? ok(activity.deliveries.all) : refuse(409, 'Nothing was delivered yet');
    },
  },
];
