import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { silentLogger } from '../../../src/base/logger.ts';
import { startEmbedded } from '../../../src/db/embedded.ts';
import { migrateQueueBackend } from '../../../src/jobs/bullmq/postgres-store.ts';
import { temporaryFolder } from '../../db/cluster-folder.ts';
import { Forwarder } from '../forwarder.ts';
import { outageConformance } from '../outage.conformance.ts';

const folder = await temporaryFolder();
const start = () => startEmbedded({ folder: join(folder, 'postgres'), logger: silentLogger, durable: false });

let server = await start();
const forwarder = new Forwarder();
await forwarder.open(server.port);
const url = new URL(server.url);
url.port = String(forwarder.port);
await migrateQueueBackend(url.href);

// The embedded server takes another port at each start, so it is restarted behind a port that stays.
outageConformance({
  name: 'BullMQ on PostgreSQL',
  urls: { databaseUrl: url.href },
  async down() {
    await server.stop();
    await forwarder.close();
  },
  async up() {
    server = await start();
    await forwarder.open(server.port);
  },
});

after(async () => {
  await forwarder.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
