import { SystemClock } from '../../../src/base/system-clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { connectBullmq } from '../../../src/jobs/bullmq/bullmq-queue.ts';
import { migrateQueueBackend } from '../../../src/jobs/bullmq/postgres-store.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { queueConformance } from '../queue.conformance.ts';

const { url } = await withDatabase({ migrated: false });
await migrateQueueBackend(url);
const clock = new SystemClock();

queueConformance('BullMQ on PostgreSQL', () => connectBullmq({ databaseUrl: url, clock, logger: silentLogger }));
