import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadConfig, type ConfigSources } from '../../src/config/load.ts';
import { explainOption, printConfig } from '../../src/config/print.ts';

const SECRETS = {
  DATABASE_URL: 'postgres://sip:s3cret@db:5432/sip?sslmode=require&password=s3cret',
  REDIS_URL: 'redis://:s3cret@cache:6379/1',
  X_APP_KEY: 's3cret', X_APP_SECRET: 's3cret', X_ACCESS_TOKEN: 's3cret', X_ACCESS_SECRET: 's3cret',
  SIPWEET_SCRIPT_SQL_CONNECTIONS: '{billing: "postgres://b:s3cret@db2/billing"}',
};

const load = (sources: ConfigSources) => loadConfig({ searchPaths: [], ...sources });

describe('printConfig', () => {
  test('secrets are redacted, also the password inside a URL; the rest of the URL stays', () => {
    const text = printConfig(load({ environment: SECRETS }), { redact: true });
    assert.ok(!text.includes('s3cret'), text);
    assert.match(text, /^ {2}url: postgres:\/\/sip:redacted@db:5432\/sip\?sslmode=require&password=redacted # from environment DATABASE_URL$/m);
    assert.match(text, /^ {2}redisUrl: redis:\/\/:redacted@cache:6379\/1 #/m);
    assert.match(text, /^ {4}billing: postgres:\/\/b:redacted@db2\/billing$/m);
    assert.match(text, /^ {4}db: service$/m);
    assert.match(text, /^ {2}appSecret: redacted # from environment X_APP_SECRET$/m);
  });

  test('without redaction they are shown', () => {
    assert.match(printConfig(load({ environment: SECRETS }), { redact: false }), /appSecret: s3cret/);
  });

  test('a value that is not the default tells its source, a default tells none, one not set says what holds', () => {
    const text = printConfig(load({ overrides: ['sip.t1Ms=600', 'sip.domains=a.example'] }), { redact: true });
    assert.match(text, /^ {2}t1Ms: 600 # from --set sip\.t1Ms$/m);
    assert.match(text, /^ {2}domains: # from --set sip\.domains\n {4}- a\.example$/m);
    assert.match(text, /^ {2}t2Ms: 4000$/m);
    assert.match(text, /^ {2}realm: # not set: the first of sip\.domains/m);
  });

  test('the text loads to the same configuration again', () => {
    const overrides = [
      'sip.listen=udp:[::1]:5070,tcp:127.0.0.1:0', 'sip.domains=[2001:db8::1]:5080', 'sip.serverHeader=${A} #1',
      'routing.allowNextHops=10.0.0.0/8,192.0.2.1', 'script.htables={a: {initval: "0"}}', 'auth.realm=yes',
    ];
    const first = load({ environment: SECRETS, overrides });
    const folder = mkdtempSync(join(tmpdir(), 'sipweet-config-'));
    try {
      const file = join(folder, 'printed.yaml');
      writeFileSync(file, printConfig(first, { redact: false }));
      const { config } = load({ file });
      assert.equal(config.sip.serverHeader, '${A} #1');
      assert.deepEqual(config, first.config);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('explainOption', () => {
  test('shows the sentence, the value now with its source, range, names and RFC', () => {
    const text = explainOption('sip.t1Ms', load({ environment: { SIPWEET_SIP_T1_MS: '600' } }));
    assert.match(text, /^sip\.t1Ms\n {2}Estimate of the round-trip time in milliseconds/);
    assert.match(text, /now +600 \(environment SIPWEET_SIP_T1_MS\)/);
    assert.match(text, /default +500\n/);
    assert.match(text, /expected +a whole number from 10 to 10000/);
    assert.match(text, /RFC +3261 §17\.1\.1\.1/);
    assert.match(text, /Kamailio +tm\.retr_timer1/);
  });

  test('never shows a secret', () => {
    const loaded = load({ environment: SECRETS });
    for (const path of ['x.appSecret', 'database.url', 'script.sqlConnections']) {
      const text = explainOption(path, loaded);
      assert.ok(!text.includes('s3cret') && text.includes('redacted'), text);
    }
    assert.match(explainOption('x.appSecret'), /environment +X_APP_SECRET, X_APP_SECRET_FILE, SIPWEET_X_APP_SECRET/);
  });

  test('shows the fields of a table', () => {
    assert.match(explainOption('script.htables'), /\.autoexpireS +Seconds after which/);
  });

  test('a path that names no option is a usage error with a hint', () => {
    assert.throws(() => explainOption('sip.t1'), { code: 'usage', message: /There is no option sip\.t1; did you mean sip\.t1Ms\?/ });
  });
});
