import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionOrigin } from '../../src/ua/session-origin.ts';

const description = (origin: string, port: number): string => `v=0\r\no=${origin}\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;
const originOf = (text: string): string[] => /o=([^\r\n]*)/.exec(text)![1]!.split(' ');

test('RFC 3264 §8: the origin of others is replaced; the version rises by one when anything else has changed, and only then', () => {
  const origin = new SessionOrigin();
  const seen = [description('a 1 1 IN IP4 192.0.2.1', 4000), description('b 9 5 IN IP6 2001:db8::1', 4000), description('b 9 6 IN IP4 192.0.2.1', 4002)].map((text) => origin.own(text));
  const parts = seen.map(originOf);
  assert.deepEqual(parts.map(([, , version]) => version), ['0', '0', '1']);
  assert.equal(new Set(parts.map(([name, id, , ...rest]) => `${name} ${id} ${rest.join(' ')}`)).size, 1);
  assert.match(seen[2]!, /m=audio 4002/);
});

test('lines that end with LF only keep their ends; nothing stays nothing', () => {
  const origin = new SessionOrigin();
  assert.match(origin.own('v=0\no=x 1 1 IN IP4 192.0.2.1\ns=-\n'), /^v=0\no=sipweet \d+ 0 IN IP4 127\.0\.0\.1\ns=-\n$/);
  assert.equal(origin.own(''), '');
});

test('two sides have origins of their own', () => {
  const text = description('a 1 1 IN IP4 192.0.2.1', 4000);
  assert.notEqual(originOf(new SessionOrigin().own(text))[1], originOf(new SessionOrigin().own(text))[1]);
});
