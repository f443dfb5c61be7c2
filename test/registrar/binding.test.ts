import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requestUriOf, restoredBinding, storedPart } from '../../src/registrar/binding.ts';
import { parseUri } from '../../src/sip/uri/uri.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { sampleBinding } from './location-store.conformance.ts';

test('§19.1.1 a Request-URI has neither headers nor method, and keeps all other parameters', () => {
  for (const [contact, requestUri] of [
    ['sip:a@b', 'sip:a@b'],
    ['sip:a@b?subject=x', 'sip:a@b'],
    ['sip:a@b;transport=tcp?subject=x', 'sip:a@b;transport=tcp'],
    ['sip:a@b;method=MESSAGE;ob', 'sip:a@b;ob'],
    ['sip:a@b;ob;Method=MESSAGE?x=1', 'sip:a@b;ob'],
  ] as const) {
    assert.equal(requestUriOf(parseUri(contact)!), requestUri, contact);
  }
});

describe('a binding that comes from the store', () => {
  test('ends when its row says, on the clock that no one sets', () => {
    const clock = new VirtualClock();
    clock.advance(5000);
    assert.equal(restoredBinding(sampleBinding({ expiresAtMs: clock.now() + 700 }), clock).endsAtMs, 5700);
    assert.equal(restoredBinding(sampleBinding({ expiresAtMs: 0 }), clock).endsAtMs, Infinity);
  });

  test('lists its instance and reg-id as the phone gave them', () => {
    const restored = restoredBinding(sampleBinding({ instance: String.raw`<urn:"\>`, regId: 3 }), new VirtualClock());
    assert.equal(restored.contactParams, String.raw`;+sip.instance="<urn:\"\\>";reg-id=3`);
  });

  test('has lost a connection that ended with the process, and kept a UDP address', () => {
    const received = (uri: string) => restoredBinding(sampleBinding({ received: uri }), new VirtualClock()).received;
    assert.equal(received('sip:192.0.2.1:41000;transport=tcp'), undefined);
    assert.equal(received('sip:192.0.2.1:41000'), 'sip:192.0.2.1:41000');
  });

  test('goes back to the store with the fields of the store only', () => {
    assert.deepEqual(storedPart(restoredBinding(sampleBinding(), new VirtualClock())), sampleBinding());
  });
});
