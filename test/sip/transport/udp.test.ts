import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { AppError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { openUdpSocket, udpEngine } from '../../../src/sip/transport/udp.ts';
import { DEFAULT_UDP_OPTIONS, UdpCounters, type UdpOptions } from '../../../src/sip/transport/udp-socket.ts';
import { RecordingReceiver } from './recording-receiver.ts';

const open = (engine: UdpOptions['engine']) =>
  openUdpSocket('127.0.0.1', 0, {
    receiver: new RecordingReceiver(),
    counters: new UdpCounters(new Counters()),
    logger: silentLogger,
    options: { ...DEFAULT_UDP_OPTIONS, engine },
  });

// First, because an addon that was loaded stays loaded.
test('where the addon cannot be loaded "auto" is "dgram", and "batch" is refused with what to do', async (t) => {
  t.mock.method(process, 'dlopen', () => {
    throw new Error('wrong ELF class\nRequire stack: ...');
  });
  assert.equal(udpEngine('auto'), 'dgram');
  await (await open('auto')).close();
  await assert.rejects(open('batch'), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'listen.engine');
    assert.equal(error.message, 'The addon for UDP in batches is not built; npm run build:native does it (wrong ELF class)');
    return true;
  });
});

test('where it is built "auto" is "batch"; who wants one of them gets that', () => {
  assert.deepEqual((['auto', 'batch', 'dgram'] as const).map(udpEngine), ['batch', 'batch', 'dgram']);
});
