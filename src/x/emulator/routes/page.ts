import { invalidRequest, type Answer } from '../problems.ts';

/** A page of a list that is sorted newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Token of the next page; absent on the last. */
  readonly nextToken?: string;
}

/**
 * Cuts a page out of `newestFirst` by `max_results` and `pagination_token`. The token names the last
 * item of the page before, so that items which arrive in between shift nothing. Answers a problem
 * when a parameter is wrong.
 */
export function pageOf<T extends { readonly id: string }>(
  newestFirst: readonly T[],
  query: URLSearchParams,
  size: { min: number; max: number; default: number },
): Page<T> | Answer {
  const asked = query.get('max_results') ?? String(size.default);
  const count = /^[0-9]{1,4}$/.test(asked) ? Number(asked) : NaN;
  if (!(count >= size.min && count <= size.max)) {
    return invalidRequest(`The \`max_results\` query parameter value [${asked}] is not between ${size.min} and ${size.max}`, {
      max_results: [asked],
    });
  }
  const token = query.get('pagination_token');
  const last = token === null ? undefined : /^b([0-9]{1,19})$/.exec(token)?.[1];
  if (token !== null && last === undefined) {
    return invalidRequest(`The \`pagination_token\` query parameter value [${token}] is not valid`, { pagination_token: [token] });
  }
  const rest = last === undefined ? newestFirst : newestFirst.filter((item) => BigInt(item.id) < BigInt(last));
  const items = rest.slice(0, count);
  return rest.length > count ? { items, nextToken: `b${items.at(-1)!.id}` } : { items };
}
