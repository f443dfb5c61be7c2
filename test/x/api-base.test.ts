import assert from 'node:assert/strict';
import test from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { isNearAddress, parseApiBase } from '../../src/x/api-base.ts';

test('loopback, private and container addresses are taken', () => {
  assert.deepEqual(parseApiBase('http://127.0.0.1:4010'), { host: '127.0.0.1', port: 4010 });
  assert.deepEqual(parseApiBase('http://[::1]:4010/'), { host: '::1', port: 4010 });
  assert.deepEqual(parseApiBase('http://localhost'), { host: 'localhost', port: 80 });
  assert.deepEqual(parseApiBase('http://sandbox:4010'), { host: 'sandbox', port: 4010 });
  for (const host of ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '[fd00::1]', 'x.localhost']) parseApiBase(`http://${host}:1`);
});

test('everything else is x.misconfigured', () => {
  const wrong = [
    'http://api.x.com',
    'http://8.8.8.8',
    'http://172.32.0.1',
    'http://169.254.169.254',
    'http://[2001:db8::1]',
    'http://0.0.0.0:4010',
    'https://127.0.0.1:4010',
    'http://127.0.0.1:4010/2',
    'http://127.0.0.1:4010/?a',
    'http://user:word@127.0.0.1',
    'http://127.0.0.1.example.com',
    '127.0.0.1:4010',
    '',
  ];
  for (const text of wrong) {
    assert.throws(() => parseApiBase(text), (thrown) => thrown instanceof AppError && thrown.code === 'x.misconfigured', text);
  }
});

test('numbers that a URL reads as a public address are refused, as a near one taken', () => {
  assert.throws(() => parseApiBase('http://134744072'), AppError);
  assert.deepEqual(parseApiBase('http://2130706433'), { host: '127.0.0.1', port: 80 });
});

test('a name is no address', () => {
  assert.equal(isNearAddress('localhost'), false);
  assert.equal(isNearAddress('::ffff:8.8.8.8'), false);
});
