/** Appends without end, until it is killed. */
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { SystemClock } from '../../../src/base/system-clock.ts';
import { FileSpool } from '../../../src/jobs/spool/file-spool.ts';

const folder = process.argv[2]!;
const spool = await FileSpool.open({
  folder,
  clock: new SystemClock(),
  counters: new Counters(),
  logger: silentLogger,
});
let appended = 0;

function burst(): void {
  for (let n = 0; n < 37; n += 1) {
    if (spool.append('q', `n${appended}`, 'x'.repeat((appended * 97) % 4000))) appended += 1;
  }
  setImmediate(burst);
}
burst();
