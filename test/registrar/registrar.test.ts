import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LocationSink } from '../../src/registrar/location-sink.ts';
import { Stage } from './stage.ts';

const A = '<sip:alice@192.0.2.10>';
const B = '<sip:alice@192.0.2.11:5060;ob>';

/** Writes down what would go to the store. */
class Tape implements LocationSink {
  readonly calls: string[] = [];

  put(binding: { contact: string }, isNew: boolean): void {
    this.calls.push(`${isNew ? 'new' : 'put'} ${binding.contact}`);
  }

  remove(ruid: string): void {
    this.calls.push(`remove ${ruid}`);
  }

  forget(ruid: string): void {
    this.calls.push(`forget ${ruid}`);
  }
}

describe('what goes to the store', () => {
  test('additions, changes and removals, each once', () => {
    const tape = new Tape();
    const stage = new Stage({}, tape);
    assert.equal(stage.save([A, B]).changed, true);
    const first = stage.registrar.lookup('alice', '').find((binding) => binding.contact === 'sip:alice@192.0.2.10')!;
    stage.save([`${A};expires=0`, B], { cseq: 2 });
    assert.deepEqual(tape.calls, [
      'new sip:alice@192.0.2.10',
      'new sip:alice@192.0.2.11:5060;ob',
      `remove ${first.ruid}`,
      'put sip:alice@192.0.2.11:5060;ob',
    ]);
  });

  test('nothing of a query, a refused request, or one that is for memory only', () => {
    const tape = new Tape();
    const stage = new Stage({}, tape);
    stage.save([]);
    stage.save(['<dave>']);
    const result = stage.save([A], {}, { memoryOnly: true });
    assert.deepEqual([tape.calls, result.code, result.changed], [[], 1, false]);
  });
});

describe('unregister', () => {
  test('takes all bindings of a user, or one by an equal URI, and says how many', () => {
    const tape = new Tape();
    const stage = new Stage({}, tape);
    stage.save([A, B]);
    assert.equal(stage.registrar.unregister('alice', '', 'sip:alice@192.0.2.99'), 0);
    assert.equal(stage.registrar.unregister('alice', '', 'sip:%61lice@192.0.2.11:5060'), 1);
    assert.deepEqual(stage.contacts(), ['sip:alice@192.0.2.10']);
    assert.equal(stage.registrar.unregister('ALICE', ''), 1);
    assert.equal(stage.registrar.registered('alice', ''), false);
    assert.equal(tape.calls.filter((call) => call.startsWith('remove')).length, 2);
  });

  test('takes one binding by its ruid', () => {
    const stage = new Stage();
    stage.save([A, B]);
    const { ruid } = stage.registrar.lookup('alice', '')[1]!;
    assert.equal(stage.registrar.unregisterByRuid(ruid), true);
    assert.equal(stage.registrar.unregisterByRuid(ruid), false);
    assert.equal(stage.contacts().length, 1);
  });
});

test('ruids differ between bindings and between starts', () => {
  const ruids = [new Stage(), new Stage()].flatMap((stage) => {
    stage.save([A, B]);
    return stage.registrar.lookup('alice', '').map((binding) => binding.ruid);
  });
  assert.equal(new Set(ruids).size, 4);
});

test('accepted and refused requests are counted, and so are users and bindings', () => {
  const stage = new Stage();
  stage.save([A, B]);
  stage.save([A], { user: 'bob' });
  stage.save(['<dave>']);
  assert.deepEqual(stage.counters.all().map(({ name, value }) => [name, value]), [['registrar.accepted', 2], ['registrar.refused', 1]]);
  assert.deepEqual([stage.registrar.userCount, stage.registrar.bindingCount], [2, 3]);
  assert.deepEqual([...stage.registrar.users()].map(({ key }) => key), ['alice', 'bob']);
});
