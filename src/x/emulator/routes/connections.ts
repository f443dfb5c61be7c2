import type { Route } from '../route.ts';

const ACCESS = { auth: ['app'], scopes: [] } as const;

/** `GET /2/connections`: the streams that are open now. X lists past ones too; the sandbox keeps none. */
export const openConnections: Route = {
  limits: 'connections',
  method: 'GET',
  path: '/2/connections',
  query: ['status', 'endpoints', 'max_results', 'pagination_token', 'connection.fields'],
  ...ACCESS,
  answer(_request, { streams }) {
    const data = streams.flatMap((stream) =>
      stream.connections.map(({ id, connectedAtMs }) => ({ id, endpoint_name: stream.name, connected_at: new Date(connectedAtMs).toISOString() })),
    );
    const meta = { result_count: data.length };
    return { status: 200, body: data.length === 0 ? { meta } : { data, meta } };
  },
};

/** `DELETE /2/connections/all`: for a client whose old connection holds the only slot. */
export const killConnections: Route = {
  limits: 'connections-kill',
  method: 'DELETE',
  path: '/2/connections/all',
  query: [],
  ...ACCESS,
  answer(_request, { streams }) {
    const open = streams.flatMap(({ connections }) => connections);
    for (const { response } of open) response.destroy();
    const results = open.map(({ id }) => ({ uuid: id, success: true }));
    return { status: 200, body: { data: { successful_kills: open.length, failed_kills: 0, results } } };
  },
};
