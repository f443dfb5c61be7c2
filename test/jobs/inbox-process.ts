/** A node that fetches results ahead, takes one, says so, and waits to be killed. */
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { connectBullmq } from '../../src/jobs/bullmq/bullmq-queue.ts';
import { ResultInbox } from '../../src/jobs/result-inbox.ts';
import { until } from './until.ts';

const { queue, count, ...urls } = JSON.parse(process.env['INBOX']!);
const source = connectBullmq({ ...urls, clock: new SystemClock(), logger: silentLogger, lockMs: 500 });
const inbox = new ResultInbox({ source, queue, logger: silentLogger });
await until('all are here', () => inbox.size === count);
console.log(`took ${inbox.take()?.key}, holds ${inbox.size}`);
