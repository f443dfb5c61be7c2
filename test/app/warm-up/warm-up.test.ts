import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coreToWarmUp } from '../../../src/app/warm-up/stand-ins.ts';
import { LOCAL, SyntheticPhones } from '../../../src/app/warm-up/synthetic-calls.ts';
import { warmUp } from '../../../src/app/warm-up/warm-up.ts';
import { ManualClock } from '../../../src/base/manual-clock.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { startScriptModules } from '../../../src/script/modules/modules.ts';
import { ENGINE_OPTIONS } from '../../engines.ts';

const { config } = loadConfig({ searchPaths: [], overrides: [...ENGINE_OPTIONS, 'sip.domains=example.com'] });

async function stage() {
  const clock = new ManualClock(Date.now());
  const phones = new SyntheticPhones({ domain: 'example.com', password: 'secret' });
  const core = coreToWarmUp(config, { clock, sender: phones.sender, local: LOCAL, password: 'secret' });
  core.engine.load();
  await startScriptModules(core.modules);
  phones.connect(core.endpoint);
  return { clock, phones, core };
}

test('with the default script the callee logs in, and every kind of call comes to its end', async () => {
  const { phones, core } = await stage();
  await phones.register();
  assert.equal(core.registrar.bindingCount, 1);
  for (const ending of ['answered', 'refused', 'cancelled'] as const) await phones.call(ending);
  assert.equal(phones.ended, 3);
});

test('what the calls leave is gone once their time has passed', async () => {
  const { clock, phones, core } = await stage();
  await phones.register();
  await phones.call('answered');
  assert.ok(core.endpoint.serverTransactionCount > 0);
  clock.advance(120_000);
  assert.deepEqual([core.endpoint.serverTransactionCount, core.endpoint.clientTransactionCount], [0, 0]);
});

test('it ends when its time is over', async () => {
  const { ms } = await warmUp(config, 1);
  assert.ok(ms < 10_000);
});
