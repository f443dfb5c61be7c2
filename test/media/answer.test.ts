import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readAnswer } from '../../src/media/answer.ts';
import { writeOffer } from '../../src/media/offer.ts';

const SESSION = ['v=0', 'o=phone 1 1 IN IP4 192.0.2.7', 's=-', 'c=IN IP4 192.0.2.7', 't=0 0'];

function answer(...stream: readonly string[]): string {
  return [...SESSION, ...stream, ''].join('\r\n');
}

function problem(text: string): string {
  const read = readAnswer(text);
  assert.ok('problem' in read, JSON.stringify(read));
  return read.problem;
}

describe('RFC 3264 §6, what an answer says', () => {
  test('address of the session, port and format of the stream', () => {
    assert.deepEqual(readAnswer(answer('m=audio 49170 RTP/AVP 0 101', 'a=recvonly')), { address: '192.0.2.7', port: 49_170, payloadType: 0 });
  });

  test('the address and the direction of the stream win over those of the session', () => {
    const text = [...SESSION, 'a=inactive', 'm=audio 4000 RTP/AVP 8', 'c=IN IP4 198.51.100.9', 'a=sendrecv', ''].join('\r\n');
    assert.deepEqual(readAnswer(text), { address: '198.51.100.9', port: 4000, payloadType: 8 });
  });

  test('of the formats the first of ours is taken, whatever stands before it', () => {
    assert.deepEqual(readAnswer(answer('m=audio 4000 RTP/AVP 9 101 8 0')), { address: '192.0.2.7', port: 4000, payloadType: 8 });
  });

  test('bare line feeds, a number of ports and later streams do no harm', () => {
    const text = answer('m=audio 4000/2 RTP/AVP 0', 'm=video 0 RTP/AVP 31', 'a=inactive').replaceAll('\r\n', '\n');
    assert.deepEqual(readAnswer(text), { address: '192.0.2.7', port: 4000, payloadType: 0 });
  });

  test('IPv6', () => {
    const text = answer('m=audio 4000 RTP/AVP 0').replace('c=IN IP4 192.0.2.7', 'c=IN IP6 2001:db8::7');
    assert.deepEqual(readAnswer(text), { address: '2001:db8::7', port: 4000, payloadType: 0 });
  });

  test('what we offer is what we can read', () => {
    for (const address of ['192.0.2.1', '2001:db8::1']) {
      assert.deepEqual(readAnswer(writeOffer({ address, port: 40_002, sessionId: '1' })), { address, port: 40_002, payloadType: 0 });
    }
  });
});

describe('answers that nothing can be sent to', () => {
  for (const [rule, text, says] of [
    ['RFC 3264 §6 port 0: the stream was rejected', answer('m=audio 0 RTP/AVP 0'), 'the audio was rejected'],
    ['on hold by direction', answer('m=audio 4000 RTP/AVP 0', 'a=sendonly'), 'the audio is sendonly: nobody would hear it'],
    ['on hold by the direction of the session', answer('a=inactive', 'm=audio 4000 RTP/AVP 0'), 'the audio is inactive: nobody would hear it'],
    ['RFC 3264 §8.4 on hold by address', answer('m=audio 4000 RTP/AVP 0', 'c=IN IP4 0.0.0.0'), 'the call is on hold'],
    ['on hold by an IPv6 address', answer('m=audio 4000 RTP/AVP 0', 'c=IN IP6 ::'), 'the call is on hold'],
    ['another codec', answer('m=audio 4000 RTP/AVP 9 111'), 'the answer has neither PCMU nor PCMA'],
    ['a dynamic type that names PCMU was not offered', answer('m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 PCMU/8000'), 'the answer has neither PCMU nor PCMA'],
    ['encrypted', answer('m=audio 4000 RTP/SAVP 0'), 'the answer is audio over RTP/SAVP'],
    ['video', answer('m=video 4000 RTP/AVP 31'), 'the answer is video over RTP/AVP'],
    ['no stream', answer(), 'the answer has no stream'],
    ['nothing', '', 'the answer has no stream'],
    ['a stream that is none', answer('m=audio RTP/AVP 0'), 'the stream of the answer cannot be read'],
    ['a port that is none', answer('m=audio 99999 RTP/AVP 0'), '99999 is no port'],
    ['a name', answer('m=audio 4000 RTP/AVP 0', 'c=IN IP4 phone.example.com'), 'the address of the answer is none'],
    ['a multicast group', answer('m=audio 4000 RTP/AVP 0', 'c=IN IP4 224.2.36.42/127'), 'the address of the answer is none'],
    ['an address of the other family', answer('m=audio 4000 RTP/AVP 0', 'c=IN IP4 2001:db8::7'), 'the address of the answer is none'],
    ['an address with a zone', answer('m=audio 4000 RTP/AVP 0', 'c=IN IP6 fe80::1%eth0'), 'the address of the answer is none'],
    ['no address', 'v=0\r\nm=audio 4000 RTP/AVP 0\r\n', 'the answer has no address'],
    ['an endless one', answer('m=audio 4000 RTP/AVP 0', `a=${'x'.repeat(20_000)}`), 'the answer has more than 16384 bytes'],
  ] as const) {
    test(rule, () => assert.equal(problem(text), says));
  }

  test('any text is a destination or a problem, never an exception, and a destination is one', () => {
    const line = fc.oneof(
      fc.constantFrom(...SESSION, 'm=audio 4000 RTP/AVP 0', 'm=audio 0 RTP/AVP 0', 'a=sendonly', 'c=IN IP6 ::1', 'm=', 'c='),
      fc.string({ maxLength: 60 }),
    );
    fc.assert(fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r\n', '\n', '\r'), (lines, end) => {
      const read = readAnswer(lines.join(end));
      if ('problem' in read) assert.notEqual(read.problem, '');
      else assert.ok(read.port > 0 && read.port < 65_536 && /^[0-9a-fA-F:.]+$/.test(read.address));
    }));
  });
});
