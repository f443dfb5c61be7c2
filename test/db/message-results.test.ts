import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { PACKAGED_SCRIPT } from '../../src/config/script.ts';
import { PooledSqlConnection } from '../../src/db/sql-connection.ts';
import { rowsOf, type Row } from '../../src/script/row.ts';
import type { RouteRun } from '../../src/script/vm/engine.ts';
import { LuaEngine } from '../../src/script/vm/lua-engine.ts';
import { withDatabase } from './embedded-database.ts';

const database = await withDatabase();
const sql = new PooledSqlConnection({ db: database.db, logger: silentLogger, counters: new Counters(), maxRows: 5 });

/** Runs the packaged script's `ksr_rtimer_results` over these results, with its statements sent to PostgreSQL. */
async function write(results: readonly { eventId: string; state: string; reason?: string }[]): Promise<void> {
  const waiting = results.map((result) => JSON.stringify(result));
  let fetched = '';
  const queue = rowsOf<RouteRun>('mqueue');
  const own = rowsOf<RouteRun>('sipweet');
  const rows: readonly Row<RouteRun>[] = [
    queue.row('mq_fetch', ['str'], 'int', () => ((fetched = waiting.shift() ?? '') === '' ? -1 : 1), 'Takes the next result'),
    queue.row('mqv_get', ['str'], 'xval', () => fetched, 'The result'),
    own.waitingRow('sql_query_p1', ['str', 'str', 'str', 'str'], 'int', async (_run, _connection, statement, _result, value) => {
      await sql.query(statement, [value]);
      return 1;
    }, 'Sends the statement'),
  ];
  const engine = new LuaEngine<RouteRun>({ path: PACKAGED_SCRIPT, rows, logger: silentLogger });
  engine.load();
  await new Promise<void>((resolve, reject) => {
    const run: RouteRun = { callId: 'results', failed: false, setDrop() {}, onCompleted: () => (run.failed ? reject(new Error('the route failed')) : resolve()) };
    assert.equal(engine.run('ksr_rtimer_results', run, 'rtimer'), 'parked');
  });
}

test('results of messages that come together are written together, and of several of one event the last counts', async () => {
  await write([{ eventId: 'a', state: 'held' }, { eventId: 'b', state: 'done' }, { eventId: 'a', state: 'refused', reason: 'blocked' }]);
  await write([{ eventId: 'b', state: 'refused', reason: 'late' }]);
  const rows = await database.db('dm_results').select('event_id', 'state', 'reason').orderBy('event_id');
  assert.deepEqual(rows.map((row) => ({ ...row })), [
    { event_id: 'a', state: 'refused', reason: 'blocked' },
    { event_id: 'b', state: 'refused', reason: 'late' },
  ]);
});
