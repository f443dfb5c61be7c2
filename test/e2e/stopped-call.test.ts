/** An orderly end of the service while the calls that it has made ring and talk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withBackends } from './backends.ts';
import { Scene } from './scene.ts';

for (const { name, redis, url, db } of await withBackends()) {
  test(`SIGTERM during calls, queue on ${name}: the phones are hung up, what rings stops, and nobody is told what is not so`, async (t) => {
    const scene = await Scene.start(t, { databaseUrl: url, db, redisUrl: redis?.url });
    const [talking, ringing] = [await scene.couple('talk'), await scene.couple('ring')];
    await talking.ask();
    await talking.goTo('connected');
    await ringing.ask();
    await ringing.goTo('answered');

    const hungUp = Promise.all([(await talking.rings()).wasHungUp, talking.otherSide!.wasHungUp, (await ringing.rings()).wasHungUp, ringing.otherSide!.wasCancelled]);
    const { code } = await scene.stack.stop();
    assert.equal(code, 0);
    await hungUp;

    await scene.startAgain();
    await scene.quiet();
    await talking.ended({ state: 'ended', caller: 1, callee: 1 });
    await ringing.ended({ state: 'failed', caller: 1, callee: 1, told: /^The call to .* was interrupted on our side\. Write again if you still want it/ });
  });
}
