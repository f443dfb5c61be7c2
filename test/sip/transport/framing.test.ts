import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_FRAMING_LIMITS, StreamFramer, type FramingLimits } from '../../../src/sip/transport/framing.ts';

/** Feeds `chunks` and returns what came out, in order: `frame`, `ping` and `error` entries. */
function frame(chunks: readonly string[], limits: FramingLimits = DEFAULT_FRAMING_LIMITS) {
  const seen: string[] = [];
  const framer = new StreamFramer(
    {
      onFrame: (text) => seen.push(text),
      onPing: () => seen.push('(ping)'),
      onFramingError: (reason, head) => seen.push(`(${reason}) ${head.split('\r\n', 1)[0]}`),
    },
    limits,
  );
  for (const chunk of chunks) framer.push(Buffer.from(chunk, 'latin1'));
  return { seen, framer };
}

const message = (body = '', lengthLine = `Content-Length: ${body.length}`) =>
  `MESSAGE sip:bob@example.com SIP/2.0\r\nCSeq: 1 MESSAGE\r\n${lengthLine}\r\n\r\n${body}`;
const bytesOf = (text: string) => [...text];

describe('§18.3 a message ends where Content-Length says', () => {
  test('a whole message in one chunk comes out unchanged, one-byte characters included', () => {
    assert.deepEqual(frame([message('caf\xe9\x00')]).seen, [message('caf\xe9\x00')]);
  });

  test('three messages in one chunk come out in order', () => {
    const three = [message('one'), message(''), message('three')];
    assert.deepEqual(frame([three.join('')]).seen, three);
  });

  test('messages that arrive byte by byte come out whole', () => {
    const two = message('one') + message('two');
    assert.deepEqual(frame(bytesOf(two)).seen, [message('one'), message('two')]);
  });

  test('messages come out the same wherever the stream is cut in two', () => {
    const stream = `\r\n${message('body\r\n\r\nmore')}${message('x')}`;
    for (let cut = 1; cut < stream.length; cut += 1) {
      const { seen } = frame([stream.slice(0, cut), stream.slice(cut)]);
      assert.deepEqual(seen, [message('body\r\n\r\nmore'), message('x')], `cut at ${cut}`);
    }
  });

  for (const line of ['l: 3', 'L:3', 'CONTENT-LENGTH : 3', 'content-length\t:\t3 ', 'Content-Length:\r\n 3', 'l: 3\r\n ', 'l: 0003']) {
    test(`${JSON.stringify(line)} is three bytes of body`, () => {
      assert.deepEqual(frame([message('abc', line) + message('next')]).seen, [message('abc', line), message('next')]);
    });
  }

  test('a body may hold what looks like a header section', () => {
    const body = 'Content-Length: 99\r\n\r\n\n';
    assert.deepEqual(frame([message(body)]).seen, [message(body)]);
  });

  test('only a header of that name counts, not one that ends like it', () => {
    const text = message('abc', 'X-Content-Length: 9\r\nXl: 9\r\nContent-Length: 3');
    assert.deepEqual(frame([text]).seen, [text]);
  });

  test('repeated equal lengths are one', () => {
    const text = message('abc', 'Content-Length: 3\r\nl: 3');
    assert.deepEqual(frame([text]).seen, [text]);
  });
});

describe('§7.5 and RFC 5626 §3.5.1 empty lines between messages', () => {
  test('a CRLF before a start line is skipped', () => {
    assert.deepEqual(frame([`\r\n${message()}\r\n${message()}`]).seen, [message(), message()]);
  });

  test('CRLFCRLF is a ping, also byte by byte, also after a message', () => {
    assert.deepEqual(frame(['\r\n\r\n']).seen, ['(ping)']);
    assert.deepEqual(frame(['\r', '\n', '\r', '\n']).seen, ['(ping)']);
    assert.deepEqual(frame([`${message('a')}\r\n\r\n${message('b')}`]).seen, [message('a'), '(ping)', message('b')]);
  });

  test('two single CRLFs with a message between them are no ping', () => {
    assert.deepEqual(frame([`\r\n${message()}\r\n`]).seen, [message()]);
  });
});

describe('RFC 4475 §3.3.9 a stream whose framing is lost is not read on', () => {
  const lost: readonly (readonly [reason: string, stream: string])[] = [
    ['content-length-missing', 'OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n'],
    ['content-length-missing', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['content-length-conflict', message('abc', 'Content-Length: 3\r\nl: 4')],
    ['content-length-invalid', message('', 'Content-Length: -1')],
    ['content-length-invalid', message('', 'Content-Length: +3')],
    ['content-length-invalid', message('', 'Content-Length: 0x10')],
    ['content-length-invalid', message('', 'Content-Length: 3, 3')],
    ['content-length-invalid', message('', 'Content-Length: 1e2')],
    ['content-length-invalid', message('', 'Content-Length:')],
    ['content-length-invalid', message('', 'Content-Length: 3\r\n 4')],
    ['content-length-invalid', message('', 'Content-Length: 3\rX')],
    ['content-length-invalid', message('', 'Content-Length: 3\xa0')],
    ['message-too-large', message('', 'Content-Length: 2147483647')],
    ['message-too-large', message('', `Content-Length: ${'9'.repeat(400)}`)],
    ['bare-lf', 'OPTIONS sip:a SIP/2.0\nContent-Length: 0\n\n'],
    ['bare-lf', 'OPTIONS sip:a SIP/2.0\r\nX: 1\nContent-Length: 0\r\n\r\n'],
    ['bare-lf', '\n'],
    ['garbage', '\x16\x03\x01\x02\x00'],
    ['garbage', '\rOPTIONS'],
    ['garbage', ' OPTIONS sip:a SIP/2.0\r\n'],
  ];
  for (const [reason, stream] of lost) {
    test(`${reason}: ${JSON.stringify(stream.slice(0, 90))}`, () => {
      for (const chunks of [[stream], bytesOf(stream)]) {
        const { seen, framer } = frame([...chunks, message('afterwards')]);
        assert.equal(seen.length, 1);
        assert.ok(seen[0]!.startsWith(`(${reason})`), seen[0]);
        assert.equal(framer.heldCapacity, 0);
      }
    });
  }

  test('the messages before the fault are delivered, and the head of the faulty one is shown', () => {
    const { seen } = frame([message('good') + message('', 'Content-Length: -1')]);
    assert.deepEqual(seen, [message('good'), '(content-length-invalid) MESSAGE sip:bob@example.com SIP/2.0']);
  });

  test('stop() from within the sink leaves the rest of the chunk unread', () => {
    const seen: string[] = [];
    const framer: StreamFramer = new StreamFramer(
      { onFrame: (text) => (seen.push(text), framer.stop()), onPing() {}, onFramingError() {} },
      DEFAULT_FRAMING_LIMITS,
    );
    framer.push(Buffer.from(message('1') + message('2')));
    assert.deepEqual(seen, [message('1')]);
  });
});

describe('limits', () => {
  const limits = { maxHeaderBytes: 200, maxMessageBytes: 300 };
  const padded = (headBytes: number, bodyBytes: number) => {
    const base = message('x'.repeat(bodyBytes), `l: ${bodyBytes}\r\nX: `);
    return base.replace('X: ', `X: ${'p'.repeat(headBytes + bodyBytes - base.length)}`);
  };

  test('a header section of exactly the limit passes, one byte more does not', () => {
    assert.deepEqual(frame([padded(200, 0)], limits).seen, [padded(200, 0)]);
    assert.match(frame([padded(201, 0)], limits).seen[0]!, /header-too-large/);
    assert.match(frame(bytesOf(padded(201, 0)), limits).seen[0]!, /header-too-large/);
  });

  test('a message of exactly the limit passes, one byte more is refused before its body is read', () => {
    assert.deepEqual(frame([padded(200, 100)], limits).seen, [padded(200, 100)]);
    assert.match(frame([padded(200, 101).slice(0, 200)], limits).seen[0]!, /message-too-large/);
  });

  test('an endless header is cut off at the limit and its memory given back', () => {
    const { seen, framer } = frame(['OPTIONS sip:a SIP/2.0\r\n', ...new Array<string>(100).fill('X-Pad: aaaaaaaaaaaaa\r\n')], limits);
    assert.equal(seen.length, 1);
    assert.equal(framer.heldCapacity, 0);
  });

  test('an unfinished message holds at most twice its bytes, a finished one none', () => {
    const text = message('x'.repeat(40_000));
    const { framer } = frame(bytesOf(text.slice(0, -1)));
    assert.ok(framer.heldCapacity >= text.length - 1 && framer.heldCapacity <= 2 * text.length, `${framer.heldCapacity}`);
    assert.equal(framer.midMessage, true);
    framer.push(Buffer.from('x'));
    assert.equal(framer.heldCapacity, 0);
    assert.equal(framer.midMessage, false);
  });

  test('work grows in step with the bytes when they come one at a time', () => {
    const millisFor = (bodyBytes: number) => {
      const chunks = bytesOf(message('x'.repeat(bodyBytes))).map((byte) => Buffer.from(byte, 'latin1'));
      let best = Infinity;
      for (let round = 0; round < 5; round += 1) {
        const framer = new StreamFramer({ onFrame() {}, onPing() {}, onFramingError() {} }, DEFAULT_FRAMING_LIMITS);
        const startMs = performance.now();
        for (const chunk of chunks) framer.push(chunk);
        best = Math.min(best, performance.now() - startMs);
      }
      return best;
    };
    millisFor(4000);
    // Eight times the bytes: eight times the work if linear, 64 times if quadratic.
    const ratio = millisFor(64_000) / millisFor(8000);
    assert.ok(ratio < 30, `ratio ${ratio}`);
  });
});
