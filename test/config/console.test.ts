import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const load = (...overrides: string[]) => loadConfig({ searchPaths: [], overrides }).config;

function refused(pattern: RegExp, ...overrides: string[]): void {
  assert.throws(() => load(...overrides), (thrown: Error) => {
    assert.match(thrown.message, pattern);
    return true;
  });
}

test('a page that takes passwords is behind TLS, unless it is on this machine', () => {
  for (const url of ['https://link.example.com', 'https://link.example.com:8443/', 'http://127.0.0.1:4012', 'http://localhost:4012', 'http://[::1]:4012']) {
    assert.equal(load(`console.publicUrl=${url}`).console.publicUrl, url);
  }
  refused(/console\.publicUrl.*must begin with https:\/\//, 'console.publicUrl=http://link.example.com');
  for (const url of ['link.example.com', 'ftp://a', 'https://a/path', 'https://a/?b', 'https://user@a', 'https://a/#b']) refused(/console\.publicUrl/, `console.publicUrl=${url}`);
});

test('a key for tokens has 32 bytes in base64; several are divided by commas; none of them is shown', () => {
  assert.equal(load(`console.tokenKey=${KEY},${KEY}`).console.tokenKey, `${KEY},${KEY}`);
  for (const key of ['short', KEY.slice(1), `${KEY},`, KEY.replace('=', '')]) {
    assert.throws(() => load(`console.tokenKey=${key}`), (thrown: Error) => !thrown.message.includes(key.slice(0, 20)) || key === 'short');
  }
});

test('the webhook has a path that is no page of ours', () => {
  assert.equal(load('console.webhookPath=/hooks/x-1').console.webhookPath, '/hooks/x-1');
  for (const path of ['x', '/', '/link', '/callback', '/livez', '/a//b', '/a?b', '/:id', '/*']) refused(/console\.webhookPath/, `console.webhookPath=${path}`);
});

test('a client secret without its id is a mistake; an id alone is a native app', () => {
  refused(/x\.clientId.*is missing while x\.clientSecret is set/, 'x.clientSecret=s');
  assert.equal(load('x.clientId=abc').x.clientId, 'abc');
});
