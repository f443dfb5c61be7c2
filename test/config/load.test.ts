import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { loadConfig, type ConfigSources } from '../../src/config/load.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sipweet-config-'));
});
after(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileWith(text: string, name = `${(files += 1)}.yaml`): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Loads from these sources only; a file on the machine that runs the tests is never read. */
function load(sources: ConfigSources & { yaml?: string }) {
  const { yaml, ...rest } = sources;
  return loadConfig({ searchPaths: [], ...rest, ...(yaml === undefined ? {} : { file: fileWith(yaml) }) });
}

/** The lines of the error, its head left out; the folder of the test's files is cut off. */
function problems(sources: ConfigSources & { yaml?: string }, code = 'config.invalid'): string[] {
  try {
    load(sources);
  } catch (thrown) {
    assert.ok(thrown instanceof AppError, String(thrown));
    assert.equal(thrown.code, code);
    const [, ...lines] = thrown.message.split('\n');
    return lines.map((line) => line.trim().replace(/^\/\S*\/\d+\.yaml:/, 'yaml:'));
  }
  return assert.fail('the configuration was taken');
}

describe('sources', () => {
  test('without any source the defaults hold', () => {
    const { config, file, sources } = load({});
    assert.equal(config.sip.t1Ms, 500);
    assert.deepEqual(config.sip.listen[3], { transport: 'tcp', host: '::', port: 5060 });
    assert.equal(config.x.appKey, undefined);
    assert.equal(config.database.url, undefined);
    assert.equal(file, undefined);
    assert.equal(sources.size, 0);
  });

  test('file, environment and command line: the later wins, and the winner is told', () => {
    const yaml = 'sip: { t1Ms: 100 }\nlimits: { maxBranches: 3 }\nregistrar:\n  maxContacts: 4\n';
    const environment = { SIPWEET_SIP_T1_MS: '200', SIPWEET_LIMITS_MAX_BRANCHES: '5' };
    const { config, file, sources } = load({ yaml, environment, overrides: ['sip.t1Ms=300'] });
    assert.equal(config.sip.t1Ms, 300);
    assert.equal(config.limits.maxBranches, 5);
    assert.equal(config.registrar.maxContacts, 4);
    assert.deepEqual([...sources], [
      ['sip.t1Ms', '--set sip.t1Ms'],
      ['limits.maxBranches', 'environment SIPWEET_LIMITS_MAX_BRANCHES'],
      ['registrar.maxContacts', `${file}:4:16`],
    ]);
  });

  test('well-known names of the environment', () => {
    const environment = {
      DATABASE_URL: 'postgres://db/sip', REDIS_URL: 'redis://cache', LOG_LEVEL: 'WARN', X_API_BASE: 'http://localhost:1',
      X_APP_KEY: 'a', X_APP_SECRET: 'b', X_ACCESS_TOKEN: 'c', X_ACCESS_SECRET: 'd',
    };
    const { database, queue, log, x } = load({ environment }).config;
    assert.deepEqual([database.url, queue.redisUrl, log.level], ['postgres://db/sip', 'redis://cache', 'warn']);
    assert.deepEqual([x.appKey, x.appSecret, x.accessToken, x.accessSecret, x.apiBase], ['a', 'b', 'c', 'd', 'http://localhost:1']);
  });

  test('the generated name wins over the well-known one', () => {
    const environment = { LOG_LEVEL: 'warn', SIPWEET_LOG_LEVEL: 'debug' };
    assert.equal(load({ environment }).config.log.level, 'debug');
  });

  test('an empty variable and an empty value in the file set nothing', () => {
    const { config, sources } = load({ yaml: 'x:\n  appKey:\nsip:\n', environment: { X_APP_SECRET: '', DATABASE_URL: '' } });
    assert.equal(config.x.appKey, undefined);
    assert.equal(sources.size, 0);
  });

  test('an empty file is one without settings', () => {
    assert.equal(load({ yaml: '' }).sources.size, 0);
    assert.equal(load({ yaml: '# nothing yet\n' }).sources.size, 0);
  });

  test('the first search path that exists is read; SIPWEET_CONFIG and a given path come before', () => {
    const named = (name: string, t1Ms: number) => fileWith(`sip: { t1Ms: ${t1Ms} }`, name);
    const searchPaths = [join(folder, 'missing.yaml'), named('first.yaml', 101), named('second.yaml', 102)];
    assert.equal(loadConfig({ searchPaths }).config.sip.t1Ms, 101);
    const environment = { SIPWEET_CONFIG: named('env.yaml', 103) };
    assert.equal(loadConfig({ searchPaths, environment }).config.sip.t1Ms, 103);
    assert.equal(loadConfig({ searchPaths, environment, file: named('given.yaml', 104) }).config.sip.t1Ms, 104);
  });

  test('*_FILE gives a secret from a file without the line end', () => {
    const environment = {
      DATABASE_URL_FILE: fileWith('postgres://u:pw@db/sip\n'), X_APP_KEY: 'a',
      SIPWEET_X_APP_SECRET_FILE: fileWith('b\n'), X_ACCESS_TOKEN: 'c', X_ACCESS_SECRET: 'd',
    };
    const { config, sources } = load({ environment });
    assert.equal(config.database.url, 'postgres://u:pw@db/sip');
    assert.equal(config.x.appSecret, 'b');
    assert.equal(sources.get('database.url'), 'environment DATABASE_URL_FILE');
  });

  test('*_FILE of a file that is not there, and beside the plain variable, are problems', () => {
    const lines = problems({
      environment: { DATABASE_URL_FILE: join(folder, 'none'), REDIS_URL: 'redis://a', REDIS_URL_FILE: fileWith('redis://b') },
    });
    assert.equal(lines.length, 2);
    assert.match(lines[0]!, /^environment DATABASE_URL_FILE: database\.url cannot be read: ENOENT/);
    assert.equal(lines[1], 'environment REDIS_URL: queue.redisUrl is given twice, also by REDIS_URL_FILE; keep one of them');
  });

  test('${NAME} and ${NAME:-default} in the file stand for variables; $${ is plain', () => {
    const yaml = 'sip:\n  t1Ms: ${T1}\n  t2Ms: ${T2:-700}\n  serverHeader: ${A:-x} ${B:-y} $${C}\n  domains: ["${D}", b.example]\n';
    const { sip } = load({ yaml, environment: { T1: '650', T2: '', A: 'a', D: 'a.example' } }).config;
    assert.deepEqual([sip.t1Ms, sip.t2Ms, sip.serverHeader], [650, 700, 'a y ${C}']);
    assert.deepEqual(sip.domains.map(({ host }) => host), ['a.example', 'b.example']);
  });

  test('a variable that is not set and has no default is a problem', () => {
    assert.deepEqual(problems({ yaml: 'database:\n  url: postgres://sip:${PW}@db/sip\n' }), [
      'yaml:2:8: database.url needs the variable PW, which is not set; ${PW:-value} gives a default',
    ]);
  });
});

describe('values', () => {
  test('lists are replaced as a whole, in the environment written with commas', () => {
    const yaml = 'sip:\n  domains: [a.example, "[2001:db8::1]:5070"]\n';
    assert.deepEqual(load({ yaml }).config.sip.domains, [
      { host: 'a.example', port: undefined },
      { host: '2001:db8::1', port: 5070 },
    ]);
    const { config } = load({ yaml, environment: { SIPWEET_SIP_DOMAINS: 'B.Example:5080, c.example' } });
    assert.deepEqual(config.sip.domains, [{ host: 'b.example', port: 5080 }, { host: 'c.example', port: undefined }]);
  });

  test('tables gain entries from each source, missing fields have their defaults', () => {
    const { htables } = load({
      yaml: 'script:\n  htables:\n    calls: { autoexpireS: 60 }\n    a: { initval: "0" }\n',
      overrides: ['script.htables={a: {autoexpireS: 5}}'],
    }).config.script;
    assert.deepEqual(Object.keys(htables), ['ipban', 'profiles', 'calls', 'a']);
    assert.deepEqual(htables.calls, { autoexpireS: 60, initval: undefined, maxEntries: 100_000 });
    assert.deepEqual(htables.a, { autoexpireS: 5, initval: undefined, maxEntries: 100_000 });
  });

  test('words mean the same in every spelling of case, flags in the usual words', () => {
    const { config } = load({ environment: { SIPWEET_AUTH_ALGORITHMS: 'md5,sha-256', SIPWEET_ROUTING_ALLOW_LOOPBACK: 'Yes' } });
    assert.deepEqual(config.auth.algorithms, ['MD5', 'SHA-256']);
    assert.equal(config.routing.allowLoopback, true);
  });

  test('anchors and aliases of YAML work', () => {
    const yaml = 'routing:\n  denyNextHops: &inside [10.0.0.0/8, "2001:db8::1"]\n  allowNextHops: *inside\n  denyPorts: [22]\n';
    const { routing } = load({ yaml }).config;
    assert.deepEqual(routing.allowNextHops, [
      { address: '10.0.0.0', prefixLength: 8, family: 4 },
      { address: '2001:db8::1', prefixLength: 128, family: 6 },
    ]);
    assert.deepEqual(routing.denyNextHops, routing.allowNextHops);
    assert.deepEqual(routing.denyPorts, [22]);
  });

  test('the result is frozen to its depth, the defaults too', () => {
    const { config } = load({ yaml: 'script:\n  htables:\n    calls: {}\n' });
    const change = (object: object, name: string) => () => Object.assign(object, { [name]: 1 });
    assert.throws(change(config, 'sip'), TypeError);
    assert.throws(change(config.sip, 't1Ms'), TypeError);
    assert.throws(change(config.sip.listen, '0'), TypeError);
    assert.throws(change(config.sip.listen[0]!, 'port'), TypeError);
    assert.throws(change(config.script.htables.calls!, 'autoexpireS'), TypeError);
  });
});

describe('problems', () => {
  test('an unknown option is told with file, line, column and the nearest known one', () => {
    assert.deepEqual(problems({ yaml: 'sip:\n  domains: []\n  t1_msec: 500\n' }), [
      'yaml:3:3: sip.t1_msec is no option; did you mean sip.t1Ms?',
    ]);
  });

  test("an option of another section, Kamailio's name, and a section misspelled have their hints", () => {
    assert.deepEqual(problems({ yaml: 'sip:\n  maxContacts: 3\n  fr_timer: 5\nlimit: {}\nt1Ms: 5\n' }), [
      'yaml:2:3: sip.maxContacts is no option; did you mean registrar.maxContacts?',
      "yaml:3:3: sip.fr_timer is no option; Kamailio's tm.fr_timer is sip.frTimerMs here",
      'yaml:4:1: limit is no section; did you mean limits?',
      'yaml:5:1: t1Ms is no section; did you mean sip.t1Ms?',
    ]);
  });

  test('all problems of all sources come at once, each with what was found and expected', () => {
    const lines = problems({
      yaml: 'sip:\n  t1Ms: soon\n  listen:\n    - udp:0.0.0.0:5060\n    - sctp:0.0.0.0:5060\nlog: { format: xml }\n',
      environment: { SIPWEET_LIMITS_MAX_BRANCHES: '100' },
      overrides: ['registrar.write=never', 'registrar.wrte=through', 'sip.t1Ms'],
    });
    assert.deepEqual(lines.sort(), [
      '--set registrar.write: registrar.write is "never", expected one of behind, through',
      '--set registrar.wrte: names no option; did you mean registrar.write?',
      '--set sip.t1Ms: has no value: write section.option=value',
      'environment SIPWEET_LIMITS_MAX_BRANCHES: limits.maxBranches is "100", expected a whole number from 1 to 64',
      'yaml:2:9: sip.t1Ms is "soon", expected a whole number from 10 to 10000',
      'yaml:5:7: sip.listen.1 is "sctp:0.0.0.0:5060", expected an address like udp:0.0.0.0:5060 or tcp:[::]:5060',
      'yaml:6:16: log.format is "xml", expected one of auto, json, pretty, kamailio',
    ]);
  });

  test('a wrong value is told also where a later source replaces it', () => {
    const lines = problems({ yaml: 'sip: { t1Ms: 1.5 }', overrides: ['sip.t1Ms=300'] });
    assert.deepEqual(lines, ['yaml:1:14: sip.t1Ms is 1.5, expected a whole number from 10 to 10000']);
  });

  test('problems inside a table stand at their own place', () => {
    const yaml = 'script:\n  htables:\n    calls:\n      autoexpire: 5\n    "a b": {}\n    c: { maxEntries: 0 }\n    d: { initval: 012 }\n';
    assert.deepEqual(problems({ yaml }).sort(), [
      'yaml:4:19: script.htables.calls.autoexpire is no option; did you mean autoexpireS?',
      'yaml:5:12: script.htables.a b is "a b", expected a name of letters, digits, "_", "-" and "."',
      'yaml:6:22: script.htables.c.maxEntries is 0, expected a whole number from 1 to 10000000',
      'yaml:7:19: script.htables.d.initval is 12, expected a text or a quoted number; put a number that is meant as text in quotes',
    ]);
  });

  test('a secret never stands in a problem', () => {
    const lines = problems({
      environment: { DATABASE_URL: 'mysql://u:s3cret@db/sip', X_APP_KEY: 's3cret with blanks' },
      overrides: ['script.sqlConnections={db: "mysql://u:s3cret@db"}'],
    });
    assert.equal(lines.length, 3);
    assert.ok(!lines.join().includes('s3cret'), lines.join('\n'));
    assert.match(lines.join('\n'), /^environment DATABASE_URL: database\.url is a string that is kept secret, expected a URL that begins with postgres:/m);
  });

  test('a misspelled variable of a section is a problem, those that Kubernetes sets are not', () => {
    const kubernetes = {
      SIPWEET_PORT: 'tcp://10.0.0.1:80', SIPWEET_SIP_SERVICE_HOST: '10.0.0.1', SIPWEET_SIP_SERVICE_PORT_UDP: '5060',
      SIPWEET_SIP_PORT: 'udp://10.0.0.1:5060', SIPWEET_SIP_PORT_5060_UDP_ADDR: '10.0.0.1',
    };
    assert.equal(load({ environment: kubernetes }).sources.size, 0);
    assert.deepEqual(problems({ environment: { SIPWEET_SIP_T1MS: '5', SIPWEET_SIP_T1_MS_FILE: 'a' } }), [
      'environment SIPWEET_SIP_T1MS: names no option; did you mean SIPWEET_SIP_T1_MS?',
      'environment SIPWEET_SIP_T1_MS_FILE: names no option; did you mean SIPWEET_SIP_T1_MS?',
    ]);
  });

  test('a part of the X keys names those that are missing and how to set them', () => {
    assert.deepEqual(problems({ environment: { X_APP_KEY: 'a', X_ACCESS_TOKEN: 'c' } }), [
      'not set: x.appSecret is missing while x.appKey, x.accessToken are set; set X_APP_SECRET, or none of the four for the sandbox',
      'not set: x.accessSecret is missing while x.appKey, x.accessToken are set; set X_ACCESS_SECRET, or none of the four for the sandbox',
    ]);
  });

  test('values that contradict each other are told at the one that was set', () => {
    assert.deepEqual(problems({ yaml: 'registrar:\n  minExpiresS: 7200\n', overrides: ['sip.t2Ms=100', 'sip.listen='] }), [
      '--set sip.t2Ms: sip.t2Ms must not be less than sip.t1Ms',
      '--set sip.listen: sip.listen must name at least one address',
      'yaml:2:16: registrar.minExpiresS must not be more than registrar.maxExpiresS',
      'default: registrar.defaultExpiresS must be from registrar.minExpiresS to registrar.maxExpiresS',
    ]);
  });

  test('a section or a file of the wrong shape is a problem', () => {
    assert.deepEqual(problems({ yaml: 'sip: [1]\nlimits: many\n' }), [
      'yaml:1:6: sip must be a map of options',
      'yaml:2:9: limits must be a map of options',
    ]);
    assert.deepEqual(problems({ yaml: '- sip\n' }), ['yaml:1:1: must be a map of sections']);
  });

  test('names of JavaScript objects are unknown names', () => {
    const lines = problems({ yaml: 'sip:\n  __proto__: 1\n  constructor: 2\ntoString: {}\n', overrides: ['sip.__proto__=1'] });
    assert.equal(lines.length, 4);
    for (const line of lines) assert.match(line, /(is no option|is no section|names no option)/);
  });

  test('a file that is not YAML, or not there, is unreadable; every place is told', () => {
    const lines = problems({ yaml: 'sip:\n  t1Ms: [1\nsip: {}\n' }, 'config.unreadable');
    assert.match(lines[0]!, /^yaml:\d+:\d+: /);
    assert.deepEqual(problems({ yaml: 'sip: {}\nsip: {}\n' }, 'config.unreadable'), ['yaml:2:1: Map keys must be unique']);
    assert.throws(() => load({ file: join(folder, 'none.yaml') }), (thrown: AppError) => {
      return thrown.code === 'config.unreadable' && thrown.message.includes('none.yaml');
    });
  });
});
