import { idOf, usernameOf } from '../../json.ts';
import type { SandboxUser } from '../accounts.ts';
import { invalidRequest, notFoundError, type Answer } from '../problems.ts';
import type { ApiRequest, Route } from '../route.ts';
import { namesIn, showUser } from './fields.ts';

const SCOPES = ['tweet.read', 'users.read'] as const;
const QUERY = ['user.fields', 'expansions', 'tweet.fields', 'post.fields'];

function found(user: SandboxUser, request: ApiRequest): Answer {
  return { status: 200, body: { data: showUser(user, namesIn(request.query, 'user.fields')) }, charges: [{ price: 'user-read', resource: user.id }] };
}

/** An unknown account is a success without data. */
function notFound(parameter: string, value: string): Answer {
  return { status: 200, body: { errors: [notFoundError({ type: 'user', parameter, value })] } };
}

/** `GET /2/users/me` */
export const me: Route = {
  limits: 'me',
  method: 'GET',
  path: '/2/users/me',
  query: QUERY,
  auth: ['oauth1', 'oauth2'],
  scopes: SCOPES,
  answer: (request) => found(request.user, request),
};

/** `GET /2/users/by/username/:username` */
export const userByName: Route = {
  limits: 'user-by-name',
  method: 'GET',
  path: '/2/users/by/username/:username',
  query: QUERY,
  auth: ['oauth1', 'oauth2', 'app'],
  scopes: SCOPES,
  answer(request, { state }) {
    const username = request.params['username']!;
    if (usernameOf(username) === undefined) {
      return invalidRequest(`The \`username\` query parameter value [${username}] does not match ^[A-Za-z0-9_]{1,15}$`, {
        username: [username],
      });
    }
    const user = state.userByName(username);
    return user === undefined ? notFound('username', username) : found(user, request);
  },
};

/** `GET /2/users/:id` */
export const userById: Route = {
  limits: 'user-by-id',
  method: 'GET',
  path: '/2/users/:id',
  query: QUERY,
  auth: ['oauth1', 'oauth2', 'app'],
  scopes: SCOPES,
  answer(request, { state }) {
    const id = request.params['id']!;
    if (idOf(id) === undefined) return invalidRequest(`The \`id\` query parameter value [${id}] is not valid`, { id: [id] });
    const user = state.userById(id);
    return user === undefined ? notFound('id', id) : found(user, request);
  },
};
