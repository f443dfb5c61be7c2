import { usernameOf } from '../../json.ts';
import { parseScopes } from '../oauth2/scopes.ts';
import { HANDLE_RULE, account, ok, refuse, type ControlRoute } from './route.ts';

export const ACCOUNT_ROUTES: readonly ControlRoute[] = [
  { method: 'GET', path: '/users', answer: ({ state }) => ok(state.users) },
  {
    method: 'POST',
    path: '/users',
    answer({ state }, body) {
      const username = usernameOf(body['username']);
      if (username === undefined) return refuse(400, HANDLE_RULE);
      const { name, acceptsDms } = body;
      const user = state.putUser({
        username,
        ...(typeof name === 'string' && name !== '' ? { name } : {}),
        ...(typeof acceptsDms === 'boolean' ? { acceptsDms } : {}),
      });
      return user === undefined ? refuse(409, 'The sandbox is full of accounts') : ok(user);
    },
  },
  {
    method: 'POST',
    path: '/users/:username/rename',
    answer({ state }, body, params) {
      const user = account(params['username'], state);
      if ('status' in user) return user;
      const to = usernameOf(body['to']);
      if (to === undefined) return refuse(400, HANDLE_RULE);
      const renamed = state.renameUser(user, to);
      return renamed === undefined ? refuse(409, `@${to} belongs to somebody else`) : ok(renamed);
    },
  },
  {
    // Signs a user in without the page, for tests of what comes after it.
    method: 'POST',
    path: '/users/:username/tokens',
    answer({ state, tokens }, body, params) {
      const user = account(params['username'], state);
      if ('status' in user) return user;
      const scopes = parseScopes(String(body['scope'] ?? ''));
      return scopes === undefined ? refuse(400, 'scope is a list of scopes that X knows') : ok(tokens.issue({ userId: user.id, scopes }));
    },
  },
  {
    // The user takes back what the app was allowed, as in the settings of X.
    method: 'DELETE',
    path: '/users/:username/tokens',
    answer({ state, tokens, clock }, _body, params) {
      const user = account(params['username'], state);
      if ('status' in user) return user;
      const revoked = tokens.revokeUser(user.id);
      if (revoked) state.feed.publish({ kind: 'revoked', userId: user.id, atMs: clock.now() });
      return ok({ revoked });
    },
  },
];
