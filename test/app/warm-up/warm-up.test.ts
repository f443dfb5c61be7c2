import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { coreToWarmUp } from '../../../src/app/warm-up/stand-ins.ts';
import { LOCAL, SyntheticPhones } from '../../../src/app/warm-up/synthetic-calls.ts';
import { warmUp } from '../../../src/app/warm-up/warm-up.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { startScriptModules, stopScriptModules } from '../../../src/script/modules/modules.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { ENGINE_OPTIONS } from '../../engines.ts';

const { config: DEFAULTS } = loadConfig({ searchPaths: [], overrides: [...ENGINE_OPTIONS, 'sip.domains=example.com'] });

async function stage(config = DEFAULTS) {
  const clock = new VirtualClock(Date.now());
  const phones = new SyntheticPhones({ domain: { host: 'example.com', port: undefined }, password: 'secret' });
  const core = coreToWarmUp(config, { clock, openUdp: phones.network.open, password: 'secret' });
  core.engine.load();
  await startScriptModules(core.modules);
  await core.transports.listen([LOCAL]);
  return { clock, phones, core };
}

test('with the default script the callee logs in, and every kind of call comes to its end', async () => {
  const { phones, core } = await stage();
  await phones.register();
  assert.equal(core.registrar.bindingCount, 1);
  // In each of the manners that phones have of writing.
  for (const ending of ['answered', 'answered', 'answered', 'refused', 'refused', 'refused', 'cancelled', 'cancelled', 'cancelled'] as const) await phones.call(ending);
  assert.equal(phones.ended, 9);
});

test('what the calls leave is gone once their time has passed', async () => {
  const { clock, phones, core } = await stage();
  await phones.register();
  await phones.call('answered');
  assert.ok(core.endpoint.serverTransactionCount > 0);
  clock.advance(120_000);
  assert.deepEqual([core.endpoint.serverTransactionCount, core.endpoint.clientTransactionCount], [0, 0]);
});

test('what a script sends elsewhere goes nowhere: the core reaches the phones of the warm-up only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sipweet-warm-up-'));
  const path = join(folder, 'route.lua');
  for (const next of ['sip:192.0.2.1', 'sip:127.0.0.1', 'sip:carrier.example.org', 'sip:198.19.0.2;transport=tcp']) {
    await writeFile(path, `function ksr_request_route() KSR.pv.sets("$du", "${next}") KSR.tm.t_relay() end`);
    const { phones, core } = await stage({ ...DEFAULTS, script: { ...DEFAULTS.script, path } });
    await phones.call('answered');
    assert.equal(core.endpoint.clientTransactionCount, 0, next);
    assert.equal(core.transports.connectionCount, 0, next);
  }
  await rm(folder, { recursive: true });
});

test('it leaves no timer behind', async () => {
  const { clock, phones, core } = await stage();
  await phones.register();
  await phones.call('answered');
  assert.ok(clock.armed > 0);
  stopScriptModules(core.modules);
  await core.transports.close();
  core.endpoint.close();
  assert.equal(clock.armed, 0);
});

test('it ends when its time is over', async () => {
  const { ms } = await warmUp(DEFAULTS, 1);
  assert.ok(ms < 10_000);
});
