import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import type { Binding } from '../../src/registrar/binding.ts';
import { ExpirySweep } from '../../src/registrar/expiry-sweep.ts';
import { noSink } from '../../src/registrar/location-sink.ts';
import { Stage } from './stage.ts';

function sweepOf(stage: Stage, onExpired: (binding: Binding) => void): ExpirySweep {
  const sweep = new ExpirySweep({ index: stage.index, clock: stage.clock, logger: silentLogger, sink: noSink, onExpired });
  sweep.start();
  return sweep;
}

test('each binding that ends is reported once, within three seconds of its end', () => {
  const stage = new Stage();
  const expired: string[] = [];
  sweepOf(stage, (binding) => expired.push(binding.contact));
  stage.save(['<sip:a@192.0.2.1>;expires=60', '<sip:a@192.0.2.2>;expires=120']);
  stage.clock.advance(59_999);
  assert.deepEqual(expired, []);
  stage.clock.advance(3000);
  assert.deepEqual(expired, ['sip:a@192.0.2.1']);
  stage.clock.advance(200_000);
  assert.deepEqual(expired, ['sip:a@192.0.2.1', 'sip:a@192.0.2.2']);
});

test('a binding that its phone took away is not reported', () => {
  const stage = new Stage();
  const expired: Binding[] = [];
  sweepOf(stage, (binding) => expired.push(binding));
  stage.save(['<sip:a@192.0.2.1>;expires=60']);
  stage.save(['*'], { cseq: 2, lines: ['Expires: 0'] });
  stage.clock.advance(100_000);
  assert.deepEqual(expired, []);
});

test('many that end in the same second are taken in slices, and all within a second or so', () => {
  const stage = new Stage();
  let slice = 0;
  let largest = 0;
  let total = 0;
  sweepOf(stage, () => {
    slice += 1;
    total += 1;
    largest = Math.max(largest, slice);
  });
  for (let user = 0; user < 950; user += 1) stage.save(['<sip:a@192.0.2.1>;expires=60'], { user: `u${user}`, callId: `c${user}` });
  for (let ms = 0; ms < 63_000; ms += 1) {
    slice = 0;
    stage.clock.advance(1);
  }
  assert.deepEqual([total, largest], [950, 100]);
});

test('a handler that throws stops neither the others nor the sweep', () => {
  const stage = new Stage();
  let calls = 0;
  sweepOf(stage, () => {
    calls += 1;
    throw new Error('broken handler');
  });
  stage.save(['<sip:a@192.0.2.1>;expires=60', '<sip:a@192.0.2.2>;expires=60', '<sip:a@192.0.2.3>;expires=70']);
  stage.clock.advance(80_000);
  assert.equal(calls, 3);
});

test('stopped from within its handler it stays stopped', () => {
  const stage = new Stage();
  const sweep = sweepOf(stage, () => sweep.stop());
  stage.save(['<sip:a@192.0.2.1>;expires=60']);
  stage.clock.advance(80_000);
  assert.equal(stage.clock.armed, 0);
});
