import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { JsonRecord } from '../json.ts';
import type { SandboxUser } from './accounts.ts';
import type { AuthKind, Caller } from './auth.ts';
import type { Scope } from './oauth2/scopes.ts';
import type { Answer } from './problems.ts';
import type { RouteName } from './rate-limits.ts';
import type { Sandbox } from './sandbox.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request that was authenticated and whose query names only known parameters. */
export interface ApiRequest {
  readonly atMs: number;
  readonly caller: Caller;
  /** The account that acts; the owner of the app where the app itself does. */
  readonly user: SandboxUser;
  /** Values of the `:name` parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON object of a POST or PUT; empty otherwise. */
  readonly body: JsonRecord;
}

/** An answer that never ends: the route takes the connection over. */
export interface StreamAnswer {
  readonly status: 200;
  open(response: ServerResponse): void;
}

/** One endpoint of the API. */
export interface Route {
  /** The bucket that its calls are counted in. */
  readonly limits: RouteName;
  readonly method: Method;
  /** `/2/users/:id`: a `:part` matches one segment. */
  readonly path: string;
  /** Query parameters that it takes; any other is 400, as X does. */
  readonly query: readonly string[];
  /** The logins that it takes; any other is 403. */
  readonly auth: readonly AuthKind[];
  /** What a user token must allow. */
  readonly scopes: readonly Scope[];
  /** Whether its body is JSON; default for POST and PUT. */
  readonly isBodiless?: boolean;
  answer(request: ApiRequest, sandbox: Sandbox): Answer | StreamAnswer | Promise<Answer>;
}

/** A request to an endpoint that checks by itself who sends it. */
export interface OpenRequest {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A page for a browser. */
export interface Page {
  readonly status: number;
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An endpoint of the sign-in: without login, rate limit and price. */
export interface OpenRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  answer(request: OpenRequest, sandbox: Sandbox): Answer | Page;
}

/** Patterns of routes, taken apart; all of them are ours. */
const takenApart = new Map<string, readonly string[]>();

function partsOf(pattern: string): readonly string[] {
  let parts = takenApart.get(pattern);
  if (parts === undefined) takenApart.set(pattern, (parts = pattern.split('/')));
  return parts;
}

/** The values of the `:parts` when `path` fits the pattern. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = partsOf(pattern);
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index]!;
    if (part.startsWith(':')) params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

/** What a method and a path lead to: a route, other methods that the path has (405), or nothing (404). */
export type Resolution<R> =
  | { readonly route: R; readonly params: Readonly<Record<string, string>> }
  | { readonly allowed: readonly string[] }
  | undefined;

/** Finds the route; of two that fit, the one that stands first. */
export function resolveRoute<R extends { readonly method: string; readonly path: string }>(
  routes: readonly R[],
  method: string,
  path: string,
): Resolution<R> {
  const fitting = routes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params === undefined ? [] : [{ route, params }];
  });
  if (fitting.length === 0) return undefined;
  return fitting.find(({ route }) => route.method === method) ?? { allowed: [...new Set(fitting.map(({ route }) => route.method))] };
}
