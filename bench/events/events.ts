/**
 * From a missed call to its direct message, with the whole service as processes of its own:
 * how long it takes when nothing else happens, and how many a second go through while calls go on.
 *
 *   npm run bench:events -- --help
 */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startRedis } from '../../test/jobs/redis-process.ts';
import { Callers } from './callers.ts';
import { Inbox } from './inbox.ts';
import { runLoad } from './load.ts';
import { readOptions, type BackendName, type Options } from './options.ts';
import { addPeople, CALLS_A_CALLEE } from './people.ts';
import { Phones } from './phones.ts';
import { Report } from './report.ts';
import { measureAtRest } from './rest.ts';
import type { Scene } from './scene.ts';
import { DOMAIN, Service } from './service.ts';
import { SipSocket } from './socket.ts';

/** Under load the budget of X is without a limit, as its rate limits are. */
const WITHOUT_LIMITS = ['x.dailyBudgetUsd=0', 'x.monthlyBudgetUsd=0'];
/** Before it is measured, everything under load is warm. */
const WARM_UP_S = 3;
const MOST_COMPLAINTS = 10;

const options = readOptions(process.argv.slice(2));
const report = new Report(options);
let number = 0;
const numbers = { next: () => (number += 1) };
for (const backend of options.backends) await measure(backend, options);
report.conclude();

async function measure(backend: BackendName, { calls, seconds, rate, background, set }: Options): Promise<void> {
  const redis = backend === 'redis' ? await startRedis() : undefined;
  const others = new Map(redis === undefined ? [] : [['redis', redis.pid]]);
  const within = (more: readonly string[], callees: number, work: (scene: Scene) => Promise<void>) =>
    withScene({ redisUrl: redis?.url, others, set: [...more, ...set], callees }, work);
  try {
    if (calls > 0) {
      await within([], Math.ceil((calls + CALLS_A_CALLEE) / CALLS_A_CALLEE) + 2, async (scene) => report.atRest(backend, await measureAtRest(scene, calls)));
    }
    if (seconds > 0) {
      const callees = Math.ceil((rate * (seconds + WARM_UP_S)) / CALLS_A_CALLEE) + 1;
      await within(WITHOUT_LIMITS, callees, async (scene) => {
        const load = { missedPerSecond: rate, answeredPerSecond: background, callees };
        await runLoad(scene, { ...load, seconds: WARM_UP_S });
        const alone = background === 0 ? undefined : await runLoad(scene, { ...load, missedPerSecond: 0, seconds });
        report.underLoad(backend, { alone, together: await runLoad(scene, { ...load, seconds }) });
      });
    }
  } finally {
    await redis?.kill();
    await redis?.remove();
  }
}

/**
 * A service with registered callees, for as long as the work takes. It begins with nothing: the phones of an earlier scene would be
 * called beside those of this one, never answer, and keep each call from its end until they time out.
 */
async function withScene(
  parts: { redisUrl: string | undefined; others: ReadonlyMap<string, number>; set: readonly string[]; callees: number },
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  const { callees, others } = parts;
  const profile = options.profile === undefined ? undefined : resolve(options.profile);
  if (profile !== undefined) await mkdir(profile, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'sipweet-events-'));
  // PostgreSQL runs as another user when we are root, and is to find its files here.
  await chmod(folder, 0o755);
  const service = await Service.start({ ...parts, folder, profile });
  const phones = new Phones(await SipSocket.open(service.sipPort), DOMAIN);
  const callers = new Callers(await SipSocket.open(service.sipPort), DOMAIN);
  try {
    await addPeople(service, phones, callees);
    await work({ service, phones, callers, inbox: new Inbox(service.sandbox), numbers, others });
  } finally {
    callers.close();
    phones.close();
    await service.stop();
    for (const [text, times] of [...service.complaints()].slice(0, MOST_COMPLAINTS)) console.log(`  the service said ${times} times: ${text}`);
    await rm(folder, { recursive: true, force: true });
  }
}
