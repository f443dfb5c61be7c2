import { SystemClock } from '../../../src/base/system-clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { connectBullmq } from '../../../src/jobs/bullmq/bullmq-queue.ts';
import { migrateQueueBackend } from '../../../src/jobs/bullmq/postgres-store.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { bundledConformance } from '../bundled.conformance.ts';
import { queueConformance } from '../queue.conformance.ts';

const { url } = await withDatabase({ migrated: false });
await migrateQueueBackend(url);
const clock = new SystemClock();

const open = () => connectBullmq({ databaseUrl: url, clock, logger: silentLogger });

queueConformance('BullMQ on PostgreSQL', open);
bundledConformance('BullMQ on PostgreSQL', open);
