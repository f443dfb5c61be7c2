import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { sqlopsRows } from '../../../src/script/ksr/sqlops.ts';
import { sipweetRows } from '../../../src/script/ksr/sipweet.ts';
import { AttributeTree } from '../../../src/script/attribute-values.ts';
import type { RouteContext } from '../../../src/script/route-context.ts';
import type { KsrValue } from '../../../src/script/row.ts';
import type { SqlValue } from '../../../src/script/ports.ts';
import { moduleStage, settled, type ModuleStage } from '../modules/module-stage.ts';

const rows = new Map([...sqlopsRows, ...sipweetRows].map((row) => [row.name, row]));
const sql = (route: RouteContext, name: string, ...args: (string | number)[]) => rows.get(name)!.run(route, ...args);

/** Runs `sql_query` into `res` and gives its code. */
async function query(here: ModuleStage, route: RouteContext, columns: readonly string[], ...found: (readonly SqlValue[])[]): Promise<KsrValue | void> {
  const code = sql(route, 'sql_query', 'db', 'select 1', 'res');
  await here.sql.answer(columns, ...found);
  return code;
}

describe('sql_query', () => {
  test('gives 0 on success, with rows or without', async () => {
    const here = moduleStage();
    assert.equal(await query(here, here.route(), ['a'], ['x']), 0);
    assert.equal(await query(here, here.route(), []), 0);
  });

  test('fills the container: rows, columns and cells; outside of it there is nothing', async () => {
    const here = moduleStage();
    const route = here.route();
    await query(here, route, ['name', 'n'], ['bob', 7], ['eve', null]);
    assert.deepEqual([sql(route, 'sql_num_rows', 'res'), sql(route, 'sql_num_columns', 'res')], [2, 2]);
    assert.deepEqual([sql(route, 'sql_result_get', 'res', 0, 0), sql(route, 'sql_result_get', 'res', 0, 1)], ['bob', 7]);
    for (const [at, column] of [[1, 1], [2, 0], [0, 2], [-1, 0]] as const) {
      const cells = ['sql_result_get', 'sql_result_gete', 'sql_result_getz'].map((name) => sql(route, name, 'res', at, column));
      assert.deepEqual(cells, [null, '', 0]);
    }
    assert.deepEqual([[0, 0], [1, 1], [2, 0], [0, 2]].map(([at, column]) => sql(route, 'sql_is_null', 'res', at!, column!)), [0, 1, -1, -1]);
  });

  test('sql_num_rows, sql_num_columns and sql_is_null give -1 for a result that is not there; sql_result_free gives 1 always', async () => {
    const here = moduleStage();
    const route = here.route();
    await query(here, route, ['a'], ['x']);
    assert.deepEqual([sql(route, 'sql_result_free', 'res'), sql(route, 'sql_result_free', 'res')], [1, 1]);
    assert.deepEqual([sql(route, 'sql_num_rows', 'res'), sql(route, 'sql_num_columns', 'res'), sql(route, 'sql_is_null', 'res', 0, 0)], [-1, -1, -1]);
  });

  test('rejects, which a script sees as -1, when the statement fails; what was in the container is gone', async () => {
    const here = moduleStage();
    const route = here.route();
    await query(here, route, ['a'], ['old']);
    const code = sql(route, 'sql_query', 'db', 'selekt', 'res') as Promise<KsrValue>;
    const refused = assert.rejects(code, /syntax error/);
    await here.sql.fail('syntax error');
    await refused;
    assert.equal(sql(route, 'sql_num_rows', 'res'), -1);
  });

  test('rejects for an unknown connection, and when there is no answer in time', async () => {
    const here = moduleStage();
    await assert.rejects(async () => sql(here.route(), 'sql_query', 'nowhere', 'select 1', 'res'), /no connection "nowhere"/);
    const slow = assert.rejects(async () => sql(here.route(), 'sql_query', 'db', 'select 1', 'res'), /no answer within 10000 ms/);
    await settled();
    here.clock.advance(10_000);
    await slow;
  });

  test('sends bytes of a script as UTF-8 text and gives text back as bytes', async () => {
    const here = moduleStage();
    const route = here.route();
    const code = sql(route, 'sql_query', 'db', `select '${Buffer.from('ü', 'utf8').toString('latin1')}'`, 'res');
    await here.sql.answer(['a'], ['日']);
    await code;
    assert.equal(here.sql.asked[0]!.text, "select 'ü'");
    assert.equal(sql(route, 'sql_result_get', 'res', 0, 0), Buffer.from('日', 'utf8').toString('latin1'));
  });

  test('containers belong to their route: two that wait at once do not overwrite each other', async () => {
    const here = moduleStage();
    const [first, second] = [here.route(), here.route()];
    const codes = [sql(first, 'sql_query', 'db', 'select 1', 'res'), sql(second, 'sql_query', 'db', 'select 2', 'res')];
    await here.sql.answer(['a'], ['one']);
    await here.sql.answer(['a'], ['two']);
    await Promise.all(codes);
    assert.deepEqual([first, second].map((route) => sql(route, 'sql_result_get', 'res', 0, 0)), ['one', 'two']);
  });

  test('a route has at most 32 results; an empty name keeps none', async () => {
    const here = moduleStage();
    const route = here.route();
    for (let n = 0; n < 32; n += 1) {
      const code = sql(route, 'sql_query', 'db', 'select 1', `r${n}`);
      await here.sql.answer(['a']);
      await code;
    }
    await assert.rejects(async () => sql(route, 'sql_query', 'db', 'select 1', 'one more'), /at most 32/);
    const fresh = here.route();
    const code = sql(fresh, 'sql_query', 'db', 'select 1', '');
    await here.sql.answer(['a']);
    assert.deepEqual([await code, fresh.locals.sqlResults.size], [0, 0]);
  });
});

describe('sql_xquery', () => {
  test('gives 1 and one set of attributes a row, the first row on top; NULL is left out', async () => {
    const here = moduleStage();
    const route = here.route();
    const code = sql(route, 'sql_xquery', 'db', 'select 1', 'ra');
    await here.sql.answer(['name', 'n'], ['bob', 7], ['eve', null]);
    assert.equal(await code, 1);
    const [first, second] = route.attributes.xavps.all('ra') as AttributeTree[];
    assert.deepEqual([first!.get('name'), first!.get('n'), second!.get('name'), second!.get('n')], ['bob', 7, 'eve', undefined]);
  });

  test('a second query of the same name stacks on top of the first', async () => {
    const here = moduleStage();
    const route = here.route();
    for (const name of ['old', 'new']) {
      const code = sql(route, 'sql_xquery', 'db', 'select 1', 'ra');
      await here.sql.answer(['name'], [name]);
      await code;
    }
    assert.deepEqual(route.attributes.xavps.all('ra').map((tree) => (tree as AttributeTree).get('name')), ['new', 'old']);
  });
});

describe('sql_pvquery', () => {
  test('expands the text and sets a variable a column; 1 with rows, 2 without', async () => {
    const here = moduleStage();
    const route = here.route();
    const code = sql(route, 'sql_pvquery', 'db', 'select a, b from t where u = $(rU{sql.val})', '$avp(a); $var(b)');
    await here.sql.answer(['a', 'b'], ['first', 1], ['second', 2]);
    assert.equal(await code, 1);
    assert.equal(here.sql.asked[0]!.text, "select a, b from t where u = 'bob'");
    assert.deepEqual([route.attributes.avps.all('a'), here.modules.variables.get('b')], [['first', 'second'], 1]);
    const none = sql(here.route(), 'sql_pvquery', 'db', 'select 1', '$avp(a)');
    await here.sql.answer(['a']);
    assert.equal(await none, 2);
  });

  test('rejects, which a script sees as -1, when the list or the text names no variable; nothing is asked', async () => {
    const here = moduleStage();
    await assert.rejects(async () => sql(here.route(), 'sql_pvquery', 'db', 'select 1', 'a'), /no pseudo-variable/);
    await assert.rejects(async () => sql(here.route(), 'sql_pvquery', 'db', 'select $nothing', '$avp(a)'), /no pseudo-variable/);
    assert.deepEqual(here.sql.asked, []);
  });
});

describe('sql_query_async', () => {
  test('gives 1 at once; a failure is in the log', async () => {
    const here = moduleStage();
    assert.equal(sql(here.route(), 'sql_query_async', 'db', 'insert into t values (1)'), 1);
    await settled();
    await here.sql.fail('no such table');
    assert.deepEqual(here.logger.errors, ['sqlops: no such table']);
  });

  test('gives -1 for an unknown connection, and when 1000 are under way', () => {
    const here = moduleStage();
    assert.equal(sql(here.route(), 'sql_query_async', 'nowhere', 'select 1'), -1);
    for (let n = 0; n < 1000; n += 1) sql(here.route(), 'sql_query_async', 'db', 'select 1');
    assert.equal(sql(here.route(), 'sql_query_async', 'db', 'select 1'), -1);
  });
});

describe('sipweet', () => {
  test('sql_query_p1 to p3 send their last arguments as parameters, never as a part of the text', async () => {
    const here = moduleStage();
    const evil = "x' or '1'='1";
    for (const [name, ...params] of [['sql_query_p1', evil], ['sql_query_p2', evil, 'b'], ['sql_query_p3', evil, 'b', 'c']] as const) {
      const route = here.route();
      const code = sql(route, name, 'db', 'select twuser from sipweetusers where sipuser = $1', 'res', ...params);
      await here.sql.answer(['twuser'], ['bob_example']);
      assert.equal(await code, 0);
      assert.deepEqual(here.sql.asked.at(-1), { text: 'select twuser from sipweetusers where sipuser = $1', params });
      assert.equal(sql(route, 'sql_result_get', 'res', 0, 0), 'bob_example');
    }
  });

  test('json_string makes any bytes a JSON string that reads back as the same text', () => {
    const route = moduleStage().route();
    const bytes = Buffer.from('Jürgen "J" \\ \r\n\t\x7f\u2028 🎺', 'utf8').toString('latin1');
    const json = sql(route, 'json_string', bytes) as string;
    assert.doesNotMatch(json, /[\x00-\x1f\x7f]/);
    assert.equal(JSON.parse(Buffer.from(json, 'latin1').toString('utf8')), 'Jürgen "J" \\ \r\n\t\x7f\u2028 🎺');
  });

  test('event_time gives milliseconds since the epoch as digits', () => {
    const here = moduleStage();
    assert.equal(sql(here.route(), 'event_time'), String(Date.UTC(2026, 0, 1)));
  });
});
