import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isRtp, readRtp, writeRtp } from '../../src/media/rtp.ts';

const header = fc.record({
  payloadType: fc.nat({ max: 63 }),
  marker: fc.boolean(),
  sequence: fc.nat({ max: 0xffff }),
  timestamp: fc.nat({ max: 0xffff_ffff }),
  ssrc: fc.nat({ max: 0xffff_ffff }),
});

describe('RFC 3550 §5.1', () => {
  test('the fixed header, byte for byte', () => {
    const packet = writeRtp({ payloadType: 8, marker: true, sequence: 0x0102, timestamp: 0x0304_0506, ssrc: 0x0708_090a }, Uint8Array.of(0xd5));
    assert.equal(packet.toString('hex'), '80880102030405060708090ad5');
  });

  test('sequence and timestamp wrap around', () => {
    const packet = writeRtp({ payloadType: 0, marker: false, sequence: 0x1_0000, timestamp: 0x1_0000_0010, ssrc: 1 }, new Uint8Array());
    assert.equal(packet.toString('hex'), '800000000000001000000001');
  });

  test('what is written is read back', () => {
    fc.assert(fc.property(header, fc.uint8Array({ maxLength: 200 }), (head, payload) => {
      assert.deepEqual({ ...readRtp(writeRtp(head, payload))!, payload: [...readRtp(writeRtp(head, payload))!.payload] }, { ...head, payload: [...payload] });
    }));
  });

  test('contributing sources, an extension and padding are not payload', () => {
    const plain = writeRtp({ payloadType: 0, marker: false, sequence: 1, timestamp: 2, ssrc: 3 }, new Uint8Array());
    plain[0] = 0x80 | 0x20 | 0x10 | 1;
    const packet = Buffer.concat([plain, Buffer.from('0000000b', 'hex'), Buffer.from('bede000100000000', 'hex'), Buffer.from('c0ffee', 'hex'), Buffer.from('0002', 'hex')]);
    assert.equal(Buffer.from(readRtp(packet)!.payload).toString('hex'), 'c0ffee');
  });

  test('any bytes are a packet or none, never an exception', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const packet = readRtp(bytes);
      if (packet !== undefined) assert.ok(packet.payload.length <= bytes.length - 12);
    }));
  });

  test('RTCP, STUN and what is too short are no RTP', () => {
    const rtcp = Buffer.from('80c8000600000000000000000000000000000000', 'hex');
    const stun = Buffer.from('000100002112a44200000000000000000000000000', 'hex');
    assert.deepEqual([rtcp, stun, Buffer.from('8000', 'hex')].map(isRtp), [false, false, false]);
  });
});
