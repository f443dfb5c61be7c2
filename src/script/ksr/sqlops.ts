import { AttributeTree } from '../attribute-values.ts';
import { MOST_NAMES } from '../modules/route-locals.ts';
import type { SqlResult, SqlValue } from '../ports.ts';
import { expand, pseudoVariable, pseudoVariableText } from '../pseudo-variables/compile.ts';
import type { PseudoVariable } from '../pseudo-variables/pseudo-variable.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf, type KsrValue } from '../row.ts';

const { row, waitingRow } = rowsOf<RouteContext>('sqlops');

const OK = 1;
const FAILED = -1;
/** What `sql_pvquery` gives for a statement that found nothing. */
const NO_ROWS = 2;
/** What `sql_query` gives in KEMI when all went well, whether there are rows or not. */
const QUERIED = 0;

/**
 * Runs a statement into the container `name` of this route; '' throws the result away. The
 * container is emptied first: after a failure it must not show what an earlier statement found.
 */
export async function queryInto(route: RouteContext, connection: string, text: string, name: string, params: readonly string[]): Promise<number> {
  const { sqlResults } = route.locals;
  sqlResults.delete(name);
  if (sqlResults.size >= MOST_NAMES) throw new Error(`a route has at most ${MOST_NAMES} SQL results`);
  const result = await route.services.modules.sql.query(connection, text, params);
  if (name !== '') sqlResults.set(name, result);
  return QUERIED;
}

/** One set of extended attributes a row, the first row on top. */
async function queryIntoAttributes(route: RouteContext, connection: string, text: string, name: string): Promise<number> {
  const result = await route.services.modules.sql.query(connection, text);
  const trees = result.rows.map((cells) => attributesOf(result, cells));
  for (const tree of trees.reverse()) {
    if (!route.attributes.xavps.push(name, tree)) throw new Error('the message has too many attributes for this result');
  }
  return OK;
}

function attributesOf(result: SqlResult, cells: readonly SqlValue[]): AttributeTree {
  const tree = new AttributeTree();
  cells.forEach((cell, index) => {
    if (cell !== null) tree.set(result.columns[index]!, cell);
  });
  return tree;
}

/** Expands the text, and sets one pseudo-variable a column: the last row first, so that `$avp` has the first one on top. */
async function queryIntoVariables(route: RouteContext, connection: string, text: string, names: string): Promise<number> {
  const variables = variablesOf(names);
  const pieces = pseudoVariableText(text);
  if (variables === undefined || pieces === undefined) throw new Error('there is a name that is no pseudo-variable');
  const { rows } = await route.services.modules.sql.query(connection, expand(pieces, route));
  for (const cells of rows.toReversed()) {
    variables.forEach((variable, column) => variable.set(route, cells[column] ?? null));
  }
  return rows.length > 0 ? OK : NO_ROWS;
}

/** The variables of a list such as `$avp(a);$var(b)`. */
function variablesOf(names: string): readonly PseudoVariable[] | undefined {
  const variables = names.split(';').map((name) => pseudoVariable(name.trim()));
  return variables.every((variable) => variable !== undefined) ? variables : undefined;
}

function queryUnawaited(route: RouteContext, connection: string, text: string): number {
  const { sql } = route.services.modules;
  return sql.has(connection) && sql.queryUnawaited(connection, text) ? OK : FAILED;
}

/** A cell of a result of this route, null for SQL's NULL; undefined when there is no such result, row or column. */
export function sqlCell(route: RouteContext, name: string, at: number, column: number): SqlValue | undefined {
  return route.locals.sqlResults.get(name)?.rows[at]?.[column];
}

function isNull(route: RouteContext, name: string, at: number, column: number): number {
  const cell = sqlCell(route, name, at, column);
  if (cell === undefined) return FAILED;
  return cell === null ? 1 : 0;
}

function cellOr(missing: KsrValue) {
  return (route: RouteContext, name: string, at: number, column: number): KsrValue => sqlCell(route, name, at, column) ?? missing;
}

export const sqlopsRows = [
  waitingRow('sql_query', ['str', 'str', 'str'], 'int', (route, connection, text, name) => queryInto(route, connection, text, name, []), 'Runs a statement and keeps its result under a name for this run of this callback; 0 done, -1 failed. The text is sent as it is: escape what comes from a message with {sql.val}, or use sipweet.sql_query_p1'),
  waitingRow('sql_xquery', ['str', 'str', 'str'], 'int', queryIntoAttributes, 'Runs a statement and puts each row into $xavp(name), the first row on top of the others; 1 done, -1 failed'),
  waitingRow('sql_pvquery', ['str', 'str', 'str'], 'int', queryIntoVariables, 'Runs a statement in which pseudo-variables are expanded ({sql.val} makes those that come from a message safe), and sets the variables of a list such as $avp(a);$var(b), one a column; 1 done, 2 no rows, -1 failed'),
  row('sql_query_async', ['str', 'str'], 'int', queryUnawaited, 'Starts a statement and does not wait for it; 1 started, -1 not. Its failure is only in the log'),
  row('sql_num_rows', ['str'], 'int', (route, name) => route.locals.sqlResults.get(name)?.rows.length ?? FAILED, 'Rows of a result; -1 no such result'),
  row('sql_num_columns', ['str'], 'int', (route, name) => route.locals.sqlResults.get(name)?.columns.length ?? FAILED, 'Columns of a result; -1 no such result'),
  row('sql_is_null', ['str', 'int', 'int'], 'int', isNull, '1 when the cell at row and column, counted from 0, is NULL, 0 when it is not, -1 when there is none'),
  row('sql_result_get', ['str', 'int', 'int'], 'xval', cellOr(null), 'The cell at row and column, counted from 0; nil for NULL and outside of the result'),
  row('sql_result_gete', ['str', 'int', 'int'], 'xval', cellOr(''), 'The same as sql_result_get, but "" in place of nil'),
  row('sql_result_getz', ['str', 'int', 'int'], 'xval', cellOr(0), 'The same as sql_result_get, but 0 in place of nil'),
  row('sql_result_free', ['str'], 'int', (route, name) => {
    route.locals.sqlResults.delete(name);
    return OK;
  }, 'Forgets a result; 1'),
];
