import { recordOf } from '../../json.ts';
import { isJson, parseJson } from '../http-body.ts';

/**
 * The fields of a request to a token endpoint. X documents forms; the most used library sends JSON,
 * and X takes that too. `undefined` for a body that is neither.
 */
export function readFields(body: string, contentType: string | undefined): ReadonlyMap<string, string> | undefined {
  if (/^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType ?? '')) return new Map(new URLSearchParams(body));
  if (!isJson(contentType)) return undefined;
  const json = recordOf(parseJson(body));
  if (json === undefined) return undefined;
  return new Map(Object.entries(json).filter((field): field is [string, string] => typeof field[1] === 'string'));
}
