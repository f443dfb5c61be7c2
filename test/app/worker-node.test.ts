import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, test } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { LedgerTable } from '../../src/db/tables/ledger.ts';
import { UsersTable } from '../../src/db/tables/users.ts';
import { connectBullmq } from '../../src/jobs/bullmq/bullmq-queue.ts';
import { migrateQueueBackend } from '../../src/jobs/bullmq/postgres-store.ts';
import { missedCall } from '../../src/jobs/contract/missed-call.ts';
import { temporaryFolder } from '../db/cluster-folder.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { CliProcess, runCli } from './cli-process.ts';

const { db, url } = await withDatabase();
const cwd = await temporaryFolder();
after(() => rm(cwd, { recursive: true, force: true }));

/** Stands in for X: knows everybody, and answers a message only when it is told to. */
class SlowX {
  readonly sending: Promise<void>;
  readonly #server = createServer((request, response) => this.#answer(request, response));
  #held: ServerResponse | undefined;
  #onSending: () => void = () => {};

  constructor() {
    this.sending = new Promise((resolve) => (this.#onSending = resolve));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  accept(): void {
    this.#held!.writeHead(201, { 'content-type': 'application/json' });
    this.#held!.end(JSON.stringify({ data: { dm_conversation_id: '1-2', dm_event_id: '42' } }));
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    if (request.method === 'POST') {
      this.#held = response;
      this.#onSending();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: { id: '2', name: 'Bob', username: 'bob_example' } }));
  }
}

describe('sipweet worker', () => {
  test('SIGTERM while a message is being sent: it is sent and recorded, and nothing is sent twice', async (t) => {
    await migrateQueueBackend(url);
    await new UsersTable(db).add({ sipUser: 'bob', xUser: 'bob_example' });
    const x = new SlowX();
    t.after(() => x.close());
    const apiBase = await x.listen();
    const queue = connectBullmq({ databaseUrl: url, clock: new SystemClock(), logger: silentLogger });
    t.after(() => queue.close());
    const event = { v: 1 as const, eventId: 'one', caller: 'alice@example.com', callee: 'bob', calleeDomain: 'example.com', cause: 'cancelled' as const, at: Date.now(), callId: 'c1' };
    await queue.addBatch([{ queue: missedCall.name, id: 'one', name: missedCall.name, data: missedCall.encode(event) }]);

    const worker = new CliProcess(['worker', '--set', 'log.format=kamailio'], { cwd, env: { DATABASE_URL: url, X_API_BASE: apiBase } });
    t.after(() => worker.kill('SIGKILL'));
    await x.sending;
    const ledger = new LedgerTable(db);
    assert.equal((await ledger.find('one'))?.state, 'sending');
    worker.kill('SIGTERM');
    await worker.said(/Stopping/, 'stdout');
    x.accept();
    const { code, stderr } = await worker.ended;
    assert.equal(code, 0, stderr);
    const entry = await ledger.find('one');
    assert.deepEqual([entry?.state, entry?.remoteId], ['done', '42']);
  });

  test('a database that was not migrated is refused with what to do', async () => {
    await db.schema.renameTable('knex_migrations', 'hidden');
    const { code, stderr } = await runCli(['worker'], { cwd, env: { DATABASE_URL: url, X_API_BASE: 'http://127.0.0.1:9' } });
    await db.schema.renameTable('hidden', 'knex_migrations');
    assert.equal(code, 1);
    assert.match(stderr, /^sipweet: The database lacks .* run `sipweet migrate latest` first\n$/);
  });

  test('a part of the keys of X is a mistake of the configuration, before anything is started', async () => {
    const { code, stderr } = await runCli(['worker'], { cwd, env: { DATABASE_URL: url, X_APP_KEY: 'k' } });
    assert.equal(code, 2);
    assert.match(stderr, /x\.appSecret is missing while x\.appKey is set/);
  });
});
