import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnAccount } from '../../src/app/own-account.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

const US = { id: '1', username: 'sipweet', name: 'Switchboard' };

test('X is asked once, however many want to know', async () => {
  let asked = 0;
  const me = async () => {
    asked += 1;
    return US;
  };
  const own = new OwnAccount({ x: { me }, clock: new VirtualClock(), logger: silentLogger });
  assert.equal(own.name, undefined);
  assert.deepEqual(await Promise.all([own.get(), own.get()]), [US, US]);
  assert.equal(own.name, 'sipweet');
  assert.equal(asked, 1);
});

test('while X does not answer the name is asked for twice a minute, not for every page', async () => {
  let asked = 0;
  const me = () => {
    asked += 1;
    return Promise.reject(new Error('X is away'));
  };
  const clock = new VirtualClock();
  const own = new OwnAccount({ x: { me }, clock, logger: silentLogger });
  for (let i = 0; i < 10; i += 1) assert.equal(own.name, undefined);
  assert.equal(asked, 1);
  await assert.rejects(own.get());
  clock.advance(30_000);
  assert.equal(own.name, undefined);
  assert.equal(asked, 2);
});
