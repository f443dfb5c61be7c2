import { idOf, listOf, recordOf, textOf } from '../../json.ts';
import { invalidRequest, type Answer } from '../problems.ts';
import type { ApiRequest, Route } from '../route.ts';
import type { Sandbox } from '../sandbox.ts';
import type { RuleVerdict, StreamRule } from '../stream/filtered-stream.ts';
import { namesIn } from './fields.ts';

const FIELDS = ['tweet.fields', 'post.fields', 'user.fields', 'expansions', 'media.fields', 'place.fields', 'poll.fields'];
const ENTERPRISE_ONLY = ['backfill_minutes', 'start_time', 'end_time'];
const ACCESS = { auth: ['app'], scopes: [] } as const;

const showRule = ({ id, value, tag }: StreamRule) => ({ id, value, ...(tag === undefined ? {} : { tag }) });
const sent = (atMs: number) => new Date(atMs).toISOString();

/** `GET /2/tweets/search/stream` */
export const searchStream: Route = {
  limits: 'stream-connect',
  method: 'GET',
  path: '/2/tweets/search/stream',
  query: [...FIELDS, ...ENTERPRISE_ONLY],
  ...ACCESS,
  answer({ query }, { filteredStream }) {
    const refused = ENTERPRISE_ONLY.find((name) => query.has(name));
    if (refused !== undefined) return invalidRequest(`The \`${refused}\` query parameter is not available for your access level`);
    return filteredStream.refusal ?? { status: 200, open: (response) => filteredStream.stream.open(response, query) };
  },
};

/** `GET /2/tweets/search/stream/rules` */
export const streamRules: Route = {
  limits: 'rules-read',
  method: 'GET',
  path: '/2/tweets/search/stream/rules',
  query: ['ids', 'max_results', 'pagination_token'],
  ...ACCESS,
  answer({ atMs, query }, { filteredStream }) {
    const ids = namesIn(query, 'ids');
    const rules = filteredStream.rules.filter(({ id }) => ids.size === 0 || ids.has(id));
    const meta = { sent: sent(atMs), result_count: rules.length };
    return { status: 200, body: rules.length === 0 ? { meta } : { data: rules.map(showRule), meta } };
  },
};

/** `POST /2/tweets/search/stream/rules`: adds rules, or takes them away. */
export const changeStreamRules: Route = {
  limits: 'rules-write',
  method: 'POST',
  path: '/2/tweets/search/stream/rules',
  query: ['dry_run', 'delete_all'],
  ...ACCESS,
  answer(request, sandbox) {
    const { body, query } = request;
    if (query.get('delete_all') === 'true') return remove(request, sandbox, sandbox.filteredStream.rules.map(({ id }) => id));
    const added = listOf(body['add']);
    const removed = recordOf(body['delete']);
    if ((added === undefined) === (removed === undefined)) return invalidRequest('$: exactly one of `add` and `delete` is required');
    return added === undefined ? removeNamed(request, sandbox, removed!) : add(request, sandbox, added);
  },
};

function add({ atMs, query }: ApiRequest, { filteredStream }: Sandbox, added: readonly unknown[]): Answer {
  const isTrial = query.get('dry_run') === 'true';
  const wanted = added.map((entry) => ({ value: textOf(recordOf(entry)?.['value'])?.trim() ?? '', tag: textOf(recordOf(entry)?.['tag']) }));
  if (wanted.length === 0 || wanted.some(({ value }) => value === '')) return invalidRequest('$.add: each rule needs a value');
  const verdicts = wanted.map((rule) => ({ ...rule, verdict: filteredStream.addRule(rule, isTrial) }));
  const created = verdicts.flatMap(({ verdict }) => ('id' in verdict ? [showRule(verdict)] : []));
  const errors = verdicts.flatMap(({ value, verdict }) => ruleError(value, verdict));
  const invalid = verdicts.filter(({ verdict }) => 'wrong' in verdict).length;
  const summary = { created: created.length, not_created: errors.length, valid: wanted.length - invalid, invalid };
  return {
    status: created.length > 0 ? 201 : 200,
    body: {
      ...(created.length === 0 ? {} : { data: created }),
      meta: { sent: sent(atMs), summary },
      ...(errors.length === 0 ? {} : { errors }),
    },
  };
}

function ruleError(value: string, verdict: RuleVerdict): object[] {
  const type = 'https://api.x.com/2/problems';
  if ('duplicateOf' in verdict) return [{ value, id: verdict.duplicateOf, title: 'DuplicateRule', type: `${type}/duplicate-rules` }];
  return 'wrong' in verdict ? [{ value, details: [verdict.wrong], title: 'UnprocessableEntity', type: `${type}/invalid-rules` }] : [];
}

function removeNamed(request: ApiRequest, sandbox: Sandbox, removed: Readonly<Record<string, unknown>>): Answer {
  const ids = listOf(removed['ids'])?.map(idOf);
  const values = listOf(removed['values'])?.map(textOf);
  if (ids === undefined && values === undefined) return invalidRequest('$.delete: needs `ids` or `values`');
  const { rules } = sandbox.filteredStream;
  return remove(request, sandbox, [...(ids ?? []), ...(values ?? []).map((value) => rules.find((rule) => rule.value === value)?.id)]);
}

function remove({ atMs, query }: ApiRequest, { filteredStream }: Sandbox, ids: readonly (string | undefined)[]): Answer {
  const isTrial = query.get('dry_run') === 'true';
  const known = new Set(filteredStream.rules.map(({ id }) => id));
  const deleted = ids.filter((id) => id !== undefined && known.has(id) && (isTrial || filteredStream.removeRule(id))).length;
  return { status: 200, body: { meta: { sent: sent(atMs), summary: { deleted, not_deleted: ids.length - deleted } } } };
}
