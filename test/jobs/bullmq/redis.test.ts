import { SystemClock } from '../../../src/base/system-clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { connectBullmq } from '../../../src/jobs/bullmq/bullmq-queue.ts';
import { outageConformance } from '../outage.conformance.ts';
import { bundledConformance } from '../bundled.conformance.ts';
import { queueConformance } from '../queue.conformance.ts';
import { withRedis } from '../redis-server.ts';

const redis = await withRedis();
const clock = new SystemClock();

const open = () => connectBullmq({ redisUrl: redis.url, databaseUrl: 'postgres://unused', clock, logger: silentLogger });

queueConformance('BullMQ on Redis', open);
bundledConformance('BullMQ on Redis', open);

outageConformance({
  name: 'BullMQ on Redis',
  urls: { redisUrl: redis.url, databaseUrl: 'postgres://unused' },
  down: () => redis.kill(),
  up: () => redis.start(),
});
