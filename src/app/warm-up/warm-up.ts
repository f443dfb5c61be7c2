import { performance } from 'node:perf_hooks';
import { randomHex } from '../../base/ids.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { realmOf } from '../../config/auth.ts';
import type { Config } from '../../config/schema.ts';
import { startScriptModules } from '../../script/modules/modules.ts';
import { LOCAL, SyntheticPhones, type Ending } from './synthetic-calls.ts';
import { coreToWarmUp } from './stand-ins.ts';

/**
 * Then it ends before its time: what V8 has not optimised by then is rare. In a model of 2,000 calls, one each millisecond, served with the processor
 * time that each took, the waits' p99 fell from 534 ms without to 97 after 1,000 calls and 67 after 3,000 (on a busy machine).
 */
const MAX_CALLS = 3_000;
/** Time that passes from one call to the next, for the calls' own clock: some thousand transactions are alive, as under load. */
const CALL_MS = 10;
/** Of eight calls. */
const ENDINGS: readonly Ending[] = ['answered', 'answered', 'answered', 'refused', 'answered', 'answered', 'answered', 'cancelled'];

export interface WarmUpReport {
  /** Calls that came to an end; 0 when the script lets nobody in who is a stranger to it. */
  readonly calls: number;
  readonly ms: number;
}

/**
 * Runs calls through everything that a call runs through, so that V8 has compiled it before the first real one comes.
 * They are made by phones that are not there, in a second core with the same script, whose effects reach nobody; see
 * `stand-ins.ts`. V8 compiles functions, not objects: what it has learnt holds for the real core too.
 *
 * @param config with a script that can be loaded
 * @param ms     how long it may take
 */
export async function warmUp(config: Config, ms: number): Promise<WarmUpReport> {
  const startMs = performance.now();
  const clock = new ManualClock(Date.now());
  const password = randomHex(8);
  const phones = new SyntheticPhones({ domain: config.sip.domains[0]?.host ?? realmOf(config), password });
  const core = coreToWarmUp(config, { clock, sender: phones.sender, local: LOCAL, password });
  core.engine.load();
  await startScriptModules(core.modules);
  phones.connect(core.endpoint);
  for (let made = 0; made < MAX_CALLS && performance.now() - startMs < ms; made += 1) {
    const ending = ENDINGS[made % ENDINGS.length]!;
    if (made % ENDINGS.length === 0) await phones.register();
    await phones.call(ending);
    core.endpoint.onBatchEnd();
    clock.advance(CALL_MS);
  }
  return { calls: phones.ended, ms: performance.now() - startMs };
}
