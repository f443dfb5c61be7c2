import type { Answer } from './problems.ts';
import type { RouteName } from './rate-limits.ts';
import type { SandboxState, SandboxUser } from './state.ts';
import type { JsonRecord } from '../json.ts';

/** A request that was authenticated and whose query names only known parameters. */
export interface ApiRequest {
  readonly atMs: number;
  /** The account that signed. */
  readonly user: SandboxUser;
  /** Values of the `:name` parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON object of a POST; empty for a GET. */
  readonly body: JsonRecord;
}

/** One endpoint. */
export interface Route {
  /** The bucket that its calls are counted in. */
  readonly limits: RouteName;
  readonly method: 'GET' | 'POST';
  /** `/2/users/:id`: a `:part` matches one segment. */
  readonly path: string;
  /** Query parameters that it takes; any other is 400, as X does. */
  readonly query: readonly string[];
  answer(request: ApiRequest, state: SandboxState): Answer;
}

/** The values of the `:parts` when `path` fits the pattern. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
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
export type Resolution =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly allowed: readonly string[] }
  | undefined;

/** Finds the route; of two that fit, the one that stands first. */
export function resolveRoute(routes: readonly Route[], method: string, path: string): Resolution {
  const fitting = routes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params === undefined ? [] : [{ route, params }];
  });
  if (fitting.length === 0) return undefined;
  return fitting.find(({ route }) => route.method === method) ?? { allowed: [...new Set(fitting.map(({ route }) => route.method))] };
}
