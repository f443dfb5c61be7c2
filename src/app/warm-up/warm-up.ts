import type { Clock } from '../../base/clock.ts';
import { randomHex } from '../../base/ids.ts';
import { SystemClock } from '../../base/system-clock.ts';
import { realmOf } from '../../config/auth.ts';
import type { Config } from '../../config/schema.ts';
import { startScriptModules, stopScriptModules } from '../../script/modules/modules.ts';
import { LOCAL, SyntheticPhones, type Ending } from './synthetic-calls.ts';
import { coreToWarmUp } from './stand-ins.ts';

/**
 * Then it ends before its time: what V8 has not optimised by then is rare. In a model of 2,000 calls, one each millisecond, served with the processor
 * time that each took, the waits' p99 fell from 534 ms without to 97 after 1,000 calls and 67 after 3,000 (on a busy machine).
 */
const MAX_CALLS = 3_000;
/** Of eight calls. */
const ENDINGS: readonly Ending[] = ['answered', 'answered', 'answered', 'refused', 'answered', 'answered', 'answered', 'cancelled'];
/** What V8 has seen of one object only, it compiles for that object: the core that is there later is none that it has seen. */
const CORES = 2;

export interface WarmUpReport {
  /** Calls that came to an end; 0 when the script lets nobody in who is a stranger to it. */
  readonly calls: number;
  readonly ms: number;
}

/**
 * Runs calls through everything that a call runs through, so that V8 has compiled it before the first real one comes.
 * They are made by phones that are not there, in other cores with the same script, whose effects reach nobody; see
 * `stand-ins.ts`. What V8 has learnt of functions in several cores holds for the real one too.
 *
 * @param config with a script that can be loaded
 * @param ms     how long it may take
 */
export async function warmUp(config: Config, ms: number): Promise<WarmUpReport> {
  const clock = new SystemClock();
  const startMs = clock.monotonicMs();
  let calls = 0;
  for (let core = 1; core <= CORES; core += 1) calls += await makeCalls(config, clock, startMs + (ms * core) / CORES);
  return { calls, ms: clock.monotonicMs() - startMs };
}

async function makeCalls(config: Config, clock: Clock, untilMs: number): Promise<number> {
  const password = randomHex(8);
  const phones = new SyntheticPhones({ domain: config.sip.domains[0] ?? { host: realmOf(config), port: undefined }, password });
  const core = coreToWarmUp(config, { clock, openUdp: phones.network.open, password });
  core.engine.load();
  await startScriptModules(core.modules);
  await core.transports.listen([LOCAL]);
  for (let made = 0; made < MAX_CALLS / CORES && clock.monotonicMs() < untilMs; made += 1) {
    const ending = ENDINGS[made % ENDINGS.length]!;
    if (made % ENDINGS.length === 0) await phones.register();
    await phones.call(ending);
  }
  stopScriptModules(core.modules);
  await core.transports.close();
  core.endpoint.close();
  return phones.ended;
}
